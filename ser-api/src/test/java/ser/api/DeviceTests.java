package ser.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTests {
  @Test
  void aDeviceIsReadFromItsText() {
    assertThat(Device.parse("auto")).isEqualTo(Device.AUTO);
    assertThat(Device.parse("cpu")).isEqualTo(Device.CPU);
    assertThat(Device.parse("gpu")).isEqualTo(Device.gpu(0));
    assertThat(Device.parse("gpu:3")).isEqualTo(Device.gpu(3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "cpu", "gpu:0", "gpu:12"})
  void theTextReadsBack(String text) {
    assertThat(Device.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "CPU", "gpu:", "gpu:-1", "gpu:x", "gpu:99999", "gpu:1 ", "cuda:0", "cpu:0"})
  void otherTextsAreRefusedWithWhatIsExpected(String text) {
    assertThatThrownBy(() -> Device.parse(text))
        .isInstanceOf(SerException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("auto, cpu or gpu:N");
  }

  @Test
  void onlyGpusAreCounted() {
    assertThatThrownBy(() -> new Device(Device.Kind.CPU, 1)).isInstanceOf(SerException.class);
    assertThatThrownBy(() -> Device.gpu(-1)).isInstanceOf(SerException.class);
  }
}
