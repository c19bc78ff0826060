import org.jspecify.annotations.NullMarked;

/**
 * Tensors, the backend-neutral graph, the backend SPI and the entry points of an application.
 * Depends on {@code java.base} alone.
 */
@NullMarked
module ser.api {
  requires static org.jspecify;

  exports ser.api;
  exports ser.api.graph;
  exports ser.api.recognition;
  exports ser.api.spi;
  exports ser.api.tensor;
  exports ser.api.training;

  uses ser.api.spi.BackendProvider;
  uses ser.api.spi.GraphExporter;
  uses ser.api.recognition.RecognizerProvider;
}
