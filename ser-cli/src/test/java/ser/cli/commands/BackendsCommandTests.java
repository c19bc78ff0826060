package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import ser.cli.Cli;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BackendsCommandTests {
  @Test
  void aLineNamesABackendItsVersionsAndItsDevices() {
    assertThat(Cli.run("backends").succeeds().outLines())
        .anySatisfy(line -> assertThat(line).contains("djl", "PyTorch", "DJL", "devices: cpu"));
  }

  @Test
  void theSameAsJson() {
    Cli cli = Cli.run("backends", "--json").succeeds();

    assertThat(cli.outLines()).isNotEmpty();
    for (String line : cli.outLines()) {
      JsonNode backend = JsonMapper.shared().readTree(line);
      assertThat(backend.propertyNames()).containsExactly("name", "rank", "description", "devices");
      assertThat(backend.get("devices").get(0).asString()).isEqualTo("cpu");
    }
  }
}
