/**
 * Alignment of attention with amplitude: {@link ser.pipeline.alignment.AttentionProbe} runs a model
 * with its attentions as outputs, {@link ser.pipeline.alignment.AttentionTrace} holds those of one
 * clip beside its RMS envelope, {@link ser.pipeline.alignment.Alignment} measures one clip, and
 * {@link ser.pipeline.alignment.AlignmentReport} the clips of an evaluation against shuffled clips.
 */
@org.jspecify.annotations.NullMarked
package ser.pipeline.alignment;
