import org.jspecify.annotations.NullMarked;

/** A server that classifies the emotion of speech over HTTP and WebSocket. */
@NullMarked
module ser.server {
  requires transitive ser.api;
  requires ser.features;
  requires ser.pipeline;
  requires micrometer.core;
  requires micrometer.registry.prometheus;
  requires org.eclipse.jetty.server;
  requires org.eclipse.jetty.websocket.server;
  requires tools.jackson.databind;
  requires static org.jspecify;

  exports ser.server;
}
