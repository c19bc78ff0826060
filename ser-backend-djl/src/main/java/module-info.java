import org.jspecify.annotations.NullMarked;

/**
 * The backend {@code djl}: compiles graphs to TorchScript and runs them on PyTorch through DJL. It
 * is found by ServiceLoader and exports nothing.
 */
@NullMarked
module ser.backend.djl {
  requires ser.api;
  requires ai.djl.api;
  requires ai.djl.pytorch_engine;
  requires static org.jspecify;

  provides ser.api.spi.BackendProvider with
      ser.backend.djl.DjlBackendProvider;
}
