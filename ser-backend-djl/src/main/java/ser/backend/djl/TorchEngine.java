package ser.backend.djl;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtEngineProvider;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.Platform;
import ai.djl.util.Utils;
import ai.djl.util.cuda.CudaUtils;
import java.nio.file.Path;
import ser.api.BackendException;
import ser.api.Precision;
import ser.graph.spi.support.EngineLoader;
import ser.graph.spi.support.LoadFailure;

/**
 * Loads PyTorch, once for the process: its libraries, the number of threads it starts with and the
 * precision of GPUs belong to the process, not to a backend.
 */
final class TorchEngine {
  private static final String NAME = "PyTorch";
  private static final EngineLoader<TorchEngine> LOADER =
      new EngineLoader<>(DjlBackendProvider.NAME, NAME);

  private final Engine engine;
  private final int threads;
  private final Precision gpuPrecision;
  private final Kernels cpuKernels;

  private TorchEngine(Engine engine, Precision gpuPrecision, Kernels cpuKernels) {
    this.engine = engine;
    this.gpuPrecision = gpuPrecision;
    this.cpuKernels = cpuKernels;
    // PyTorch's own choice, the cores or OMP_NUM_THREADS, before the first call changes it.
    this.threads = JniUtils.getNumThreads();
  }

  /**
   * Loads PyTorch unless it is loaded.
   *
   * @param precision of GPUs; without effect when PyTorch is loaded already
   * @throws BackendException when PyTorch cannot be loaded; the message states the cause
   */
  static TorchEngine load(Precision precision) {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return LOADER.load(
        () -> {
          // DJL finds its libraries through it.
          Thread.currentThread().setContextClassLoader(context);
          Engine engine = start(precision);
          return new TorchEngine(engine, precision, OneDnn.check(engine));
        });
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

  /** The kernels of convolutions on CPUs. */
  Kernels cpuKernels() {
    return cpuKernels;
  }

  /** {@return whether PyTorch's own dispatch to oneDNN is off} */
  boolean isOneDnnOff() {
    return cpuKernels == Kernels.ONEDNN_UNGROUPED;
  }

  private static Engine start(Precision precision) {
    // DJL's own switch, read in its static initialisers: without it DJL downloads what it lacks.
    if (System.getProperty("ai.djl.offline") == null) {
      System.setProperty("ai.djl.offline", "true");
    }
    LoadFailure failures = failures(Utils.getEngineCacheDir("pytorch"));
    try {
      if (CudaUtils.hasCuda()) {
        GpuPrecision.set(precision);
      }
      // A jar merged from others may have lost DJL's entry in META-INF/services.
      if (!Engine.hasEngine(NAME)) {
        Engine.registerEngine(new PtEngineProvider());
      }
      if (System.getenv("PYTORCH_LIBRARY_PATH") != null) {
        return Engine.getEngine(NAME); // DJL loads those
      }
      return new NativeCache(
              Utils.getEngineCacheDir("pytorch"), Platform.detectPlatform("pytorch"), failures)
          .load(() -> Engine.getEngine(NAME));
    } catch (BackendException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      throw failures.explain(e);
    }
  }

  private static LoadFailure failures(Path cache) {
    return new LoadFailure(
        DjlBackendProvider.NAME,
        NAME,
        cache.toString(),
        "430 MB",
        "set the environment variable DJL_CACHE_DIR to another folder",
        "ai.djl.pytorch:pytorch-native-cpu with the classifier of the platform, and"
            + " ai.djl.pytorch:pytorch-jni",
        "ser-backend-djl and the ai.djl jars");
  }
}
