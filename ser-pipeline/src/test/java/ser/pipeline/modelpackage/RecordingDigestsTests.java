package ser.pipeline.modelpackage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import ser.api.ModelException;
import ser.pipeline.corpus.AudioFingerprint;
import ser.pipeline.corpus.RecordingIdentity;
import ser.pipeline.io.Sha256;

class RecordingDigestsTests {
  private static RecordingIdentity recording(int seed) {
    byte[] fingerprint = new byte[AudioFingerprint.BYTES];
    new Random(seed).nextBytes(fingerprint);
    return new RecordingIdentity(
        new Sha256().add("recording " + seed).hex(), AudioFingerprint.ofBytes(fingerprint));
  }

  private static List<RecordingIdentity> recordings(int count) {
    List<RecordingIdentity> recordings = new ArrayList<>();
    for (int seed = 0; seed < count; seed++) {
      recordings.add(recording(seed));
    }
    return recordings;
  }

  @Test
  void whatIsListedIsFoundAndNothingElse() {
    RecordingDigests list = RecordingDigests.of(recordings(100));
    assertThat(recordings(100)).allMatch(list::contains);
    assertThat(recordings(200).subList(100, 200)).noneMatch(list::contains);
    assertThat(RecordingDigests.of(List.of()).contains(recording(1))).isFalse();
  }

  @Test
  void theNearestFingerprintIsFound() {
    RecordingDigests list = RecordingDigests.of(recordings(100));
    byte[] near = recording(42).fingerprint().toBytes();
    near[3] ^= 5;
    near[19] ^= 1;
    assertThat(list.nearestDistance(AudioFingerprint.ofBytes(near))).isEqualTo(3);
    assertThat(RecordingDigests.of(List.of()).nearestDistance(AudioFingerprint.ofBytes(near)))
        .isEqualTo(AudioFingerprint.BITS);
  }

  @Test
  void bytesAreReadBackWhateverTheOrder() {
    List<RecordingIdentity> shuffled = recordings(100);
    Collections.shuffle(shuffled, new Random(1));
    shuffled.addAll(recordings(3));
    RecordingDigests list = RecordingDigests.of(shuffled);
    assertThat(list.size()).isEqualTo(100);
    assertThat(list).isEqualTo(RecordingDigests.of(recordings(100)));
    assertThat(RecordingDigests.ofBytes(list.toBytes())).isEqualTo(list).hasSameHashCodeAs(list);
  }

  @Test
  void bytesThatAreNoListAreRefused() {
    byte[] bytes = RecordingDigests.of(recordings(3)).toBytes();
    assertThatThrownBy(() -> RecordingDigests.ofBytes(Arrays.copyOf(bytes, 60)))
        .isInstanceOf(ModelException.class)
        .hasMessage("60 bytes of recordings; expected a multiple of 28");
    byte[] twice = Arrays.copyOf(bytes, 56);
    System.arraycopy(bytes, 0, twice, 28, 28);
    assertThatThrownBy(() -> RecordingDigests.ofBytes(twice))
        .isInstanceOf(ModelException.class)
        .hasMessage("recordings out of order; expected ascending digests");
  }
}
