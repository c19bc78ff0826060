/**
 * Speech emotion recognition for applications: load a model, classify audio, read the result.
 *
 * <p>{@link ser.api.EmotionRecognizer} classifies clips as a whole into a {@link
 * ser.api.Recognition}, and long files and streams window by window into {@link
 * ser.api.WindowRecognition}s. Every failure that a caller can cause or mend is a {@link
 * ser.api.SerException}.
 */
package ser.api;
