package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rules 12: the declared deviations. */
@Tag("deviations")
abstract class DeviationRules extends Area {
  @Rule("12.1")
  @Test
  void deviationsNameWhatThereIs() {
    assertThat(KitCases.names(kit().getClass()))
        .as("rules and cases")
        .containsAll(kit().deviations().keySet());
    assertThat(kit().deviations().values())
        .as("reasons")
        .allSatisfy(reason -> assertThat(reason).isNotBlank());
  }
}
