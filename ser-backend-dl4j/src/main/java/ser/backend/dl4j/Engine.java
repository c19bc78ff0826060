package ser.backend.dl4j;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;
import ser.api.BackendException;
import ser.api.Device;
import ser.graph.spi.support.EngineLoader;
import ser.graph.spi.support.LoadFailure;

/** ND4J, once loaded: its devices, its threads and the limit of its memory. */
final class Engine {
  private static final EngineLoader<Engine> LOADER =
      new EngineLoader<>(Dl4jBackendProvider.NAME, "ND4J");
  private static final String MAX_BYTES = "org.bytedeco.javacpp.maxbytes";
  private static final String MAX_PHYSICAL_BYTES = "org.bytedeco.javacpp.maxphysicalbytes";

  private final boolean onCpu;
  private final long maxBytes;
  private final int defaultThreads;

  private Engine() {
    onCpu = Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
    defaultThreads = threads();
    // ND4J allocates past JavaCPP, whose limit it therefore never meets: BufferPool checks this.
    maxBytes =
        System.getProperty(MAX_BYTES) == null
            ? Pointer.totalPhysicalBytes() / 4 * 3
            : Pointer.maxBytes();
  }

  /**
   * Loads ND4J unless it is loaded.
   *
   * @throws BackendException when there is no ND4J for this platform, the same in each attempt
   */
  static Engine load() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return LOADER.load(
        () -> {
          Thread.currentThread().setContextClassLoader(context);
          return start();
        });
  }

  private static Engine start() {
    // ND4J cannot be a module; the class path is readable only to modules that declare it.
    Module own = Engine.class.getModule();
    own.addReads(Engine.class.getClassLoader().getUnnamedModule());
    // JavaCPP's default, a multiple of the Java heap's limit, counts the memory of all libraries.
    if (System.getProperty(MAX_PHYSICAL_BYTES) == null) {
      System.setProperty(MAX_PHYSICAL_BYTES, "0");
    }
    NativeCache.mend(Engine.class.getClassLoader(), failures());
    return Loaded.engine();
  }

  /** ND4J loads once in a process; after a failure its classes throw NoClassDefFoundError only. */
  private static final class Loaded {
    private static final @Nullable Engine ENGINE;
    private static final @Nullable BackendException FAILURE;

    static {
      @Nullable Engine engine = null;
      @Nullable BackendException failure = null;
      try {
        engine = new Engine();
      } catch (RuntimeException | LinkageError e) {
        failure = failures().explain(NativeCache.cause(e, Engine.class.getClassLoader()));
      }
      ENGINE = engine;
      FAILURE = failure;
    }

    static Engine engine() {
      if (ENGINE == null) {
        throw Objects.requireNonNull(FAILURE);
      }
      return ENGINE;
    }
  }

  /** The messages of failures to load ND4J. */
  static LoadFailure failures() {
    return new LoadFailure(
        Dl4jBackendProvider.NAME,
        "ND4J",
        NativeCache.folder(),
        "445 MB",
        "set the system property org.bytedeco.javacpp.cachedir to another folder",
        "org.nd4j:nd4j-native with the classifier of the platform",
        "ser-backend-dl4j, ND4J's and JavaCPP's jars");
  }

  /** An exception of ND4J as one sentence. */
  static BackendException failure(String what, RuntimeException e) {
    return e instanceof BackendException known
        ? known
        : new BackendException("%s: %s".formatted(what, reason(e)), e);
  }

  private static String reason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }

  String description() {
    return "ND4J %s (%s)".formatted(version(), onCpu ? "CPU" : "CUDA");
  }

  private static String version() {
    Properties properties = new Properties();
    try (InputStream file =
        Nd4j.class.getResourceAsStream("/META-INF/maven/org.nd4j/nd4j-api/pom.properties")) {
      if (file != null) {
        properties.load(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading ND4J's jar failed", e);
    }
    return properties.getProperty("version", "of unknown version");
  }

  boolean onCpu() {
    return onCpu;
  }

  /** The most bytes that one execution may plan for. */
  long maxBytes() {
    return maxBytes;
  }

  List<Device> devices() {
    List<Device> devices = new ArrayList<>();
    devices.add(Device.CPU);
    if (!onCpu) {
      devices.clear();
      for (int index = 0; index < Nd4j.getAffinityManager().getNumberOfDevices(); index++) {
        devices.add(Device.gpu(index));
      }
    }
    return devices;
  }

  /**
   * Sets the calling thread's device and number of native threads, which hold until it enters
   * again.
   *
   * @param threads for each call, or 0 for as many as ND4J takes by default
   */
  void enter(Device device, int threads) {
    if (onCpu) {
      int number = threads > 0 ? threads : defaultThreads;
      NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(number);
    } else {
      Nd4j.getAffinityManager().unsafeSetDevice(device.index());
    }
  }

  /** {@return how many native threads a call on the calling thread takes} */
  static int threads() {
    return NativeOpsHolder.getInstance().getDeviceNativeOps().ompGetMaxThreads();
  }
}
