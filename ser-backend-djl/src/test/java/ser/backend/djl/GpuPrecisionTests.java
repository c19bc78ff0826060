package ser.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import org.junit.jupiter.api.Test;
import ser.api.Precision;

class GpuPrecisionTests {
  @Test
  void nativeLibrariesSeeThatTf32IsForbidden() {
    assumeTrue(!Platform.isWindows(), "getenv is read through the C library of Unix");
    String before = System.getenv(GpuPrecision.OVERRIDE);
    GpuPrecision.set(Precision.FLOAT32);
    String now =
        Function.getFunction(Platform.C_LIBRARY_NAME, "getenv")
            .invokeString(new Object[] {GpuPrecision.OVERRIDE}, false);
    assertThat(now).isEqualTo(before == null ? "0" : before);
  }
}
