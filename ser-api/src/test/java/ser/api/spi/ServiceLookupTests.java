package ser.api.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceLookupTests {
  private static final List<String> NAMES = List.of("djl", "dl4j", "onnxruntime", "ravdess");

  @ParameterizedTest
  @CsvSource({
    "dlj, djl",
    "DJL, djl",
    "dj, djl",
    "dl4, dl4j",
    "dl4jj, dl4j",
    "onxruntime, onnxruntime",
    "radvess, ravdess",
  })
  void aMistypedNameIsRecognised(String mistyped, String likely) {
    assertThat(ServiceLookup.likely(mistyped, NAMES)).contains(likely);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "dl", "torch", "emodb", "models/ravdess"})
  void anotherWordIsNone(String other) {
    assertThat(ServiceLookup.likely(other, List.of("dl4j", "onnxruntime", "ravdess"))).isEmpty();
  }

  @Test
  void amongNoneThereIsNone() {
    assertThat(ServiceLookup.likely("djl", List.of())).isEmpty();
  }
}
