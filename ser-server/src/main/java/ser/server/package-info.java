/**
 * A server that classifies the emotion of speech over HTTP and WebSocket. {@link
 * ser.server.RecognitionServer} starts it, with the limits of {@link ser.server.ServerOptions}.
 */
package ser.server;
