package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import ser.api.BackendException;
import ser.api.Device;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendProvider;
import ser.graph.spi.Backends;

/** Rules 1: discovery and devices. */
@Tag("discovery")
abstract class DiscoveryRules extends Area {
  private BackendProvider provider() {
    return kit().provider();
  }

  @Rule("1.1")
  @Test
  void theProviderIsFoundByItsName() {
    String name = provider().name();
    assertThat(name).matches("[a-z][a-z0-9-]*");
    assertThat(Backends.named(name)).hasSameClassAs(provider());
  }

  @Rule("1.2")
  @Test
  void theProviderDescribesItsEngineInOneLine() {
    assertThat(provider().description()).isNotBlank().hasLineCount(1);
  }

  @Rule("1.3")
  @Test
  void theProviderListsTheDevicesThereAre() {
    assertThat(provider().devices())
        .isNotEmpty()
        .doesNotHaveDuplicates()
        .doesNotContain(Device.AUTO)
        .contains(kit().device());
  }

  @Rule("1.4")
  @Test
  void automaticIsTheFirstGpuOrTheProcessor() {
    List<Device> devices = provider().devices();
    try (Backend automatic = provider().open(Device.AUTO)) {
      assertThat(automatic.device())
          .isEqualTo(devices.contains(Device.gpu(0)) ? Device.gpu(0) : Device.CPU);
    }
  }

  @Rule("1.5")
  @Test
  void aDeviceThatIsNotThereIsRefusedWithThoseThatAre() {
    assertThatThrownBy(() -> provider().open(Device.gpu(1234)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("gpu:1234")
        .message()
        .hasLineCount(1)
        .contains(provider().devices().stream().map(Device::toString).toList());
  }

  @Rule("1.6")
  @Test
  void theBackendSaysWhatAndWhereItIs() {
    assertThat(backend().name()).isEqualTo(provider().name());
    assertThat(backend().device()).isEqualTo(kit().device());
  }
}
