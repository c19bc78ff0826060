package ser.pipeline.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import ser.api.SerException;

class ProtocolsTests {
  @Test
  void everyProtocolIsFoundByItsName() {
    assertThat(Protocols.names())
        .containsExactly("ravdess-6fold", "iemocap-5session", "loso", "random")
        .allSatisfy(name -> assertThat(Protocols.named(name).name()).isEqualTo(name));
  }

  @Test
  void anUnknownNameIsAnsweredWithTheNames() {
    assertThatThrownBy(() -> Protocols.named("10fold"))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "no protocol '10fold'; expected one of ravdess-6fold, iemocap-5session, loso, random");
  }

  @Test
  void onlyRandomIsNotSpeakerIndependentAndItSaysSo() {
    for (Protocol protocol : Protocols.all()) {
      boolean random = protocol.name().equals("random");
      assertThat(protocol.speakerIndependent()).isEqualTo(!random);
      assertThat(protocol.warning().isPresent()).isEqualTo(random);
    }
    assertThat(Protocols.named("random").warning().orElseThrow())
        .contains("random", "not speaker-independent");
  }
}
