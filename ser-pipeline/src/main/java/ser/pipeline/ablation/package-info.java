/**
 * Ablations: a {@link ser.pipeline.ablation.AblationPlan} of variants and seeds is run by {@link
 * ser.pipeline.ablation.Ablation} in one folder, and an {@link
 * ser.pipeline.ablation.AblationReport} compares the variants from the predictions there.
 */
package ser.pipeline.ablation;
