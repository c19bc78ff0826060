/**
 * The file format of models: a {@link ser.pipeline.modelpackage.ModelPackage} has a description,
 * the encoder's weights and a model card.
 */
package ser.pipeline.modelpackage;
