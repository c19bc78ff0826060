/**
 * Recognition with a model package: audio → {@link ser.pipeline.recognition.Frontend} (features,
 * silence trimmed) → standardisation → the encoder compiled by a backend → probabilities. A {@link
 * ser.pipeline.recognition.LogMelModel} is the encoder for programs without this toolkit.
 */
package ser.pipeline.recognition;
