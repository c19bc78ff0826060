/** The training of a voice activity detector, and its training data. */
@org.jspecify.annotations.NullMarked
package ser.pipeline.vad;
