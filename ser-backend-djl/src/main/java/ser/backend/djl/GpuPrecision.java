package ser.backend.djl;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import ser.api.Precision;

/**
 * The precision in which NVIDIA's libraries multiply, a setting of the process: they and PyTorch
 * read it from the environment when they load, and only native code can change the environment of a
 * running process. Since Ampere, cuDNN's convolutions round their operands to the 10 bits of TF32
 * unless the environment forbids it; PyTorch's matrix products do so only where it allows it.
 */
final class GpuPrecision {
  /** Forbids TF32 when it is 0. */
  static final String OVERRIDE = "NVIDIA_TF32_OVERRIDE";

  /** Allows TF32 in PyTorch's matrix products when it is 1. */
  static final String PRODUCTS = "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE";

  private GpuPrecision() {}

  /** Sets the environment before the libraries load. Variables that the user has set stay. */
  static void set(Precision precision) {
    switch (precision) {
      case FLOAT32 -> setIfAbsent(OVERRIDE, "0");
      case TENSOR_FLOAT_32 -> setIfAbsent(PRODUCTS, "1");
    }
  }

  private static void setIfAbsent(String name, String value) {
    if (System.getenv(name) != null) {
      return;
    }
    if (Platform.isWindows()) {
      Function.getFunction("msvcrt", "_putenv_s").invokeInt(new Object[] {name, value});
    } else {
      Function.getFunction(Platform.C_LIBRARY_NAME, "setenv")
          .invokeInt(new Object[] {name, value, 0});
    }
  }
}
