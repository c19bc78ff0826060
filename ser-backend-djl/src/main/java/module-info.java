import org.jspecify.annotations.NullMarked;

/**
 * The backend {@code djl}: compiles graphs to TorchScript and runs them on PyTorch through DJL. The
 * export format {@code torchscript}: the same archives as files. Both are found by ServiceLoader;
 * the module exports nothing.
 */
@NullMarked
module ser.backend.djl {
  requires ser.graph;
  requires ai.djl.api;
  requires ai.djl.pytorch_engine;
  requires com.sun.jna;
  requires static org.jspecify;

  // DJL's jars are automatic modules and cannot say what they need at run time.
  requires com.google.gson;
  requires org.slf4j;

  provides ser.graph.spi.BackendProvider with
      ser.backend.djl.DjlBackendProvider;
  provides ser.graph.spi.GraphExporter with
      ser.backend.djl.TorchScriptExporter;
}
