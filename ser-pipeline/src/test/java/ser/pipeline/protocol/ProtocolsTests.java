package ser.pipeline.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.api.SerException;

class ProtocolsTests {
  private static final List<String> NAMES =
      List.of(
          "ravdess-6fold",
          "text-independent",
          "iemocap-5session",
          "loso",
          "speaker-kfold:5",
          "given",
          "cross-corpus",
          "random");

  @Test
  void everyProtocolIsFoundByItsName() {
    assertThat(Protocols.names())
        .containsExactly(
            "ravdess-6fold",
            "text-independent",
            "iemocap-5session",
            "loso",
            "speaker-kfold:K",
            "given",
            "cross-corpus",
            "random");
    assertThat(NAMES).allSatisfy(name -> assertThat(Protocols.named(name).name()).isEqualTo(name));
  }

  @Test
  void anUnknownNameIsAnsweredWithTheNames() {
    assertThatThrownBy(() -> Protocols.named("10fold"))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "no protocol '10fold'; expected one of ravdess-6fold, text-independent,"
                + " iemocap-5session, loso, speaker-kfold:K, given, cross-corpus, random");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          speaker-kfold    | protocol 'speaker-kfold' has no parameter; expected speaker-kfold:K
          loso:3           | protocol 'loso:3' has a parameter; expected loso
          speaker-kfold:   | protocol speaker-kfold: has no number of folds; expected K from 2 to 100000, for example speaker-kfold:5
          speaker-kfold:x  | protocol speaker-kfold:x has no number of folds; expected K from 2 to 100000, for example speaker-kfold:5
          speaker-kfold:99999999999 | protocol speaker-kfold:99999999999 has no number of folds; expected K from 2 to 100000, for example speaker-kfold:5
          speaker-kfold:0  | speaker-kfold has K = 0 folds; expected 2 to 100000
          speaker-kfold:1  | speaker-kfold has K = 1 folds; expected 2 to 100000
          speaker-kfold:-5 | speaker-kfold has K = -5 folds; expected 2 to 100000
          """)
  void aWrongParameterIsNamed(String name, String message) {
    assertThatThrownBy(() -> Protocols.named(name))
        .isInstanceOf(SerException.class)
        .hasMessage(message);
  }

  @Test
  void onlyRandomIsNotSpeakerIndependentAndItSaysSo() {
    for (Protocol protocol : NAMES.stream().map(Protocols::named).toList()) {
      boolean random = protocol.name().equals("random");
      assertThat(protocol.speakerIndependent()).isEqualTo(!random);
      assertThat(protocol.warning().isPresent()).isEqualTo(random);
      assertThat(Protocols.warning(protocol.name())).isEqualTo(protocol.warning());
    }
    assertThat(Protocols.warning("of a newer version")).isEmpty();
    assertThat(Protocols.named("random").warning().orElseThrow())
        .contains("random", "not speaker-independent");
  }
}
