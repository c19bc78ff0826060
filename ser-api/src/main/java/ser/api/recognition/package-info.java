/**
 * The entry points of an application: load a model, classify audio, read the answer.
 *
 * <p>{@link ser.api.recognition.EmotionRecognizer} answers clips as a whole with a {@link
 * ser.api.recognition.Recognition}, and what lasts, a long file or a microphone, window by window
 * with a {@link ser.api.recognition.Moment} each.
 */
package ser.api.recognition;
