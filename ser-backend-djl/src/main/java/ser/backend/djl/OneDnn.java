package ser.backend.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.training.GradientCollector;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A check of oneDNN, which computes convolutions and LSTMs for PyTorch on processors of x86. On a
 * virtual machine on an AMD EPYC of family 26 (Zen 5), the kernels that oneDNN 3.7 generates for
 * AVX2 and AVX-512 gave wrong gradients of convolutions, wrong grouped convolutions and wrong
 * LSTMs, without an error. Where the checked one is wrong, PyTorch's own dispatch to oneDNN is
 * turned off; ungrouped convolutions along two axes, which call oneDNN by name, were right and stay
 * with it.
 */
final class OneDnn {
  private static final int CLIPS = 2;
  private static final int CHANNELS = 2;
  private static final int STEPS = 7;
  private static final int OUTPUTS = 3;
  private static final int KERNEL = 3;
  private static final float TOLERANCE = 1e-4f;

  private static final Pattern FAMILY = Pattern.compile("cpu family\\s*: (\\d{1,4})");
  private static final int FIRST_SUSPECT_FAMILY = 26;

  private OneDnn() {}

  /**
   * Checks oneDNN, and turns PyTorch's own dispatch to it off for the process where it is wrong.
   *
   * @return the kernels of convolutions on CPUs
   */
  static Kernels check(Engine engine) {
    if (!engine.hasCapability(StandardCapabilities.MKLDNN)) {
      return Kernels.PORTABLE;
    }
    // The check takes a tenth of a second: it is made where a fault is known.
    if (!isSuspect(processor()) || isRight(engine)) {
      return Kernels.ONEDNN;
    }
    use(false);
    // Next in line is NNPACK, which does not know the processor and says so on standard error.
    set("_ZN2at7Context20setUserEnabledNNPACKEb", false);
    return Kernels.ONEDNN_UNGROUPED;
  }

  /** The description of the first processor; empty where Linux does not give one. */
  private static List<String> processor() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines.takeWhile(line -> !line.isBlank()).toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }

  /** {@return whether a processor is an AMD of family 26 or later} */
  static boolean isSuspect(List<String> processor) {
    return processor.stream().anyMatch(line -> line.endsWith(": AuthenticAMD"))
        && processor.stream().map(FAMILY::matcher).anyMatch(OneDnn::isSuspect);
  }

  private static boolean isSuspect(Matcher family) {
    return family.matches() && Integer.parseInt(family.group(1)) >= FIRST_SUSPECT_FAMILY;
  }

  /** {@return whether the gradient of a convolution by its input is that of the definition} */
  static boolean isRight(Engine engine) {
    float[] weight = new float[OUTPUTS * CHANNELS * KERNEL];
    for (int i = 0; i < weight.length; i++) {
      weight[i] = 1 + i * i % 7;
    }
    float[] found = gradient(engine, weight);
    for (int i = 0; i < found.length; i++) {
      int step = i % STEPS;
      int channel = i / STEPS % CHANNELS;
      float expected = 0;
      for (int output = 0; output < OUTPUTS; output++) {
        for (int tap = 0; tap < KERNEL; tap++) {
          boolean inside = step - tap >= 0 && step - tap <= STEPS - KERNEL;
          expected += inside ? weight[(output * CHANNELS + channel) * KERNEL + tap] : 0;
        }
      }
      if (!(Math.abs(found[i] - expected) <= TOLERANCE)) {
        return false;
      }
    }
    return true;
  }

  private static float[] gradient(Engine engine, float[] weight) {
    try (NDManager manager = engine.newBaseManager(Device.cpu())) {
      NDArray x = manager.ones(new Shape(CLIPS, CHANNELS, STEPS));
      x.setRequiresGradient(true);
      NDArray w = manager.create(weight, new Shape(OUTPUTS, CHANNELS, KERNEL));
      try (GradientCollector collector = engine.newGradientCollector()) {
        collector.backward(Conv1d.conv1d(x, w).singletonOrThrow().sum());
      }
      return x.getGradient().toFloatArray();
    }
  }

  /** Turns PyTorch's own dispatch to oneDNN on or off. */
  static void use(boolean used) {
    set("_ZN2at7Context20setUserEnabledMkldnnEb", used);
  }

  /** Calls a method of {@code at::globalContext()} that takes a boolean, by its mangled name. */
  private static void set(String method, boolean value) {
    NativeLibrary torch = NativeLibrary.getInstance("torch_cpu");
    Pointer context = torch.getFunction("_ZN2at13globalContextEv").invokePointer(new Object[0]);
    torch.getFunction(method).invokeVoid(new Object[] {context, value ? 1 : 0});
  }
}
