package ser.backend.djl;

import com.sun.jna.Function;
import com.sun.jna.Platform;

/**
 * Keeps a GPU to float32. Since Ampere, cuDNN's convolutions round their operands to the 10 bits of
 * TF32 unless the environment forbids it, and only native code can change the environment of a
 * process that runs.
 */
final class Float32 {
  /** Read by NVIDIA's libraries when they load. */
  static final String VARIABLE = "NVIDIA_TF32_OVERRIDE";

  private Float32() {}

  /** Forbids TF32, unless the user has decided about it. */
  static void require() {
    if (System.getenv(VARIABLE) == null) {
      set(VARIABLE, "0");
    }
  }

  private static void set(String name, String value) {
    if (Platform.isWindows()) {
      Function.getFunction("msvcrt", "_putenv_s").invokeInt(new Object[] {name, value});
    } else {
      Function.getFunction(Platform.C_LIBRARY_NAME, "setenv")
          .invokeInt(new Object[] {name, value, 0});
    }
  }
}
