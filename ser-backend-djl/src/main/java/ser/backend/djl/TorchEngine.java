package ser.backend.djl;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtEngineProvider;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.Platform;
import ai.djl.util.Utils;
import ai.djl.util.cuda.CudaUtils;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import ser.api.BackendException;
import ser.api.Precision;

/**
 * Loads PyTorch, once for the process: its libraries, the number of threads it starts with and the
 * precision of GPUs belong to the process, not to a backend.
 */
final class TorchEngine {
  private static final String NAME = "PyTorch";
  private static @Nullable TorchEngine loaded;

  private final Engine engine;
  private final int threads;
  private final Precision gpuPrecision;

  private TorchEngine(Engine engine, Precision gpuPrecision) {
    this.engine = engine;
    this.gpuPrecision = gpuPrecision;
    // PyTorch's own choice, the cores or OMP_NUM_THREADS, before the first call changes it.
    this.threads = JniUtils.getNumThreads();
  }

  /**
   * Loads PyTorch unless it is loaded.
   *
   * @param precision of GPUs; without effect when PyTorch is loaded already
   * @throws BackendException when PyTorch cannot be loaded; the message states the cause
   */
  static synchronized TorchEngine load(Precision precision) {
    if (loaded == null) {
      loaded = new TorchEngine(start(precision), precision);
    }
    return loaded;
  }

  /** DJL's handle of PyTorch. */
  Engine engine() {
    return engine;
  }

  /** The number of threads that a call uses unless the options give another. */
  int threads() {
    return threads;
  }

  /** The precision that PyTorch was loaded with. */
  Precision gpuPrecision() {
    return gpuPrecision;
  }

  private static Engine start(Precision precision) {
    // DJL's own switch, read in its static initialisers: without it DJL downloads what it lacks.
    if (System.getProperty("ai.djl.offline") == null) {
      System.setProperty("ai.djl.offline", "true");
    }
    try {
      if (CudaUtils.hasCuda()) {
        GpuPrecision.set(precision);
      }
      // A jar merged from others may have lost DJL's entry in META-INF/services.
      if (!Engine.hasEngine(NAME)) {
        Engine.registerEngine(new PtEngineProvider());
      }
      if (System.getenv("PYTORCH_LIBRARY_PATH") == null) { // or else DJL loads those
        NativeCache.check(Utils.getEngineCacheDir("pytorch"), Platform.detectPlatform("pytorch"));
      }
      return Engine.getEngine(NAME);
    } catch (BackendException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      throw new BackendException("Backend 'djl' cannot load PyTorch " + reason(e), e);
    }
  }

  private static String reason(Throwable failure) {
    boolean loadedElsewhere =
        Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
            .anyMatch(
                cause ->
                    cause instanceof UnsatisfiedLinkError
                        && String.valueOf(cause.getMessage()).contains("another classloader"));
    return loadedElsewhere
        ? "because another class loader of this process has loaded it, such as an earlier deployment"
            + " of the same web application; a native library belongs to one class loader: put"
            + " ser-backend-djl and the ai.djl jars on the server's shared class path, or restart"
            + " the server"
        : "(%s); add ai.djl.pytorch:pytorch-native-cpu for this platform"
            .formatted(failure.getMessage());
  }
}
