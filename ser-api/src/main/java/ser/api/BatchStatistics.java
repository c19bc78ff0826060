package ser.api;

/**
 * How many clips have shared a call of the engine since the recogniser was loaded, with {@linkplain
 * RecognizerOptions#withDynamicBatching dynamic batching}; zeros without.
 *
 * @param batches the number of batches that were classified
 * @param clips the number of clips in them
 */
public record BatchStatistics(long batches, long clips) {}
