package ser.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.engine.Engine;
import com.sun.jna.Platform;
import java.util.List;
import org.junit.jupiter.api.Test;
import ser.api.Precision;

class OneDnnTests {
  private static final String AMD = "vendor_id\t: AuthenticAMD";
  private static final String INTEL = "vendor_id\t: GenuineIntel";

  @Test
  void anAmdOfFamily26OrLaterIsChecked() {
    assertThat(OneDnn.isSuspect(List.of("processor\t: 0", AMD, "cpu family\t: 26"))).isTrue();
    assertThat(OneDnn.isSuspect(List.of("processor\t: 0", AMD, "cpu family\t: 27"))).isTrue();
    assertThat(OneDnn.isSuspect(List.of("processor\t: 0", AMD, "cpu family\t: 25"))).isFalse();
    assertThat(OneDnn.isSuspect(List.of("processor\t: 0", INTEL, "cpu family\t: 26"))).isFalse();
    assertThat(OneDnn.isSuspect(List.of())).isFalse();
  }

  @Test
  void convolutionsAreRightWithoutOneDnn() {
    assumeTrue(Platform.isLinux(), "the names of PyTorch's functions are those of Linux");
    TorchEngine torch = TorchEngine.load(Precision.FLOAT32);
    Engine engine = torch.engine();
    OneDnn.use(false);
    try {
      assertThat(OneDnn.isRight(engine)).isTrue();
    } finally {
      OneDnn.use(!torch.isOneDnnOff());
    }
    assertThat(OneDnn.isRight(engine)).as("as it is loaded").isTrue();
  }
}
