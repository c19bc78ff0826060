/**
 * Streams of samples: {@link ser.server.stream.StreamSession} classifies them, whether they arrive
 * on a WebSocket or are those of an uploaded file, and {@link ser.server.stream.Events} tells the
 * results.
 */
package ser.server.stream;
