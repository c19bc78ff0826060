package ser.pipeline.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.SerException;
import ser.features.audio.AudioClip;
import ser.pipeline.corpus.FlacFiles;
import ser.pipeline.corpus.MadeUpSpeech;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.recognition.Sounds;

class LeakCheckTests {
  private static final LeakCheck SPEAKER_INDEPENDENT = new LeakCheck(Protocols.named("loso"));
  private static final LeakCheck RANDOM = new LeakCheck(Protocols.named("random"));
  private final MadeUpCorpus clips;
  private final Path folder;

  LeakCheckTests(@TempDir Path folder) {
    this.folder = folder;
    clips = new MadeUpCorpus(folder);
  }

  @Test
  void aFoldWhosePartsShareNothingPasses() {
    clips.clip("sad", "anna").clip("sad", "bert").clip("sad", "cleo");
    assertThatCode(() -> SPEAKER_INDEPENDENT.check(oneClipEach())).doesNotThrowAnyException();
  }

  @Test
  void aSpeakerInTrainingAndTestIsCaught() {
    clips.clip("sad", "anna").clip("sad", "bert").clip("happy", "anna");
    assertThatThrownBy(() -> SPEAKER_INDEPENDENT.check(oneClipEach()))
        .isInstanceOf(SerException.class)
        .hasMessage(
            "fold 1 of loso leaks: the same speaker is in training (clip0, speaker anna) and in"
                + " test (clip2, speaker anna); expected each speaker in one part only");
  }

  @Test
  void aSpeakerInTrainingAndDevelopmentIsCaught() {
    clips.clip("sad", "anna").clip("sad", "anna").clip("sad", "bert");
    assertThatThrownBy(() -> SPEAKER_INDEPENDENT.check(oneClipEach()))
        .hasMessageContaining("in training (clip0, speaker anna) and in development (clip1");
  }

  @Test
  void aSpeakerInDevelopmentAndTestIsCaught() {
    clips.clip("sad", "anna").clip("sad", "bert").clip("sad", "bert");
    assertThatThrownBy(() -> SPEAKER_INDEPENDENT.check(oneClipEach()))
        .hasMessageContaining("in development (clip1, speaker bert) and in test (clip2");
  }

  @Test
  void aRecordingUnderTwoSpeakersNamesIsCaught() {
    clips.clip("sad", "anna", 7, 7).clip("sad", "bert").clip("sad", "cleo", 7, 7);
    assertThatThrownBy(() -> SPEAKER_INDEPENDENT.check(oneClipEach()))
        .isInstanceOf(SerException.class)
        .hasMessageContaining(
            "the same recording is in training (clip0, speaker anna) and in test (clip2, speaker"
                + " cleo)");
  }

  @Test
  void identicalRecordingsWithinOnePartDoNoHarm() {
    clips.clip("sad", "anna", 7).clip("sad", "anna", 7).clip("sad", "bert", 8);
    List<Utterance> all = clips.corpus().utterances();
    Fold fold = new Fold(1, all.subList(0, 2), List.of(), all.subList(2, 3));
    assertThatCode(() -> SPEAKER_INDEPENDENT.check(fold)).doesNotThrowAnyException();
  }

  @Test
  void forRandomSpeakersMayOverlapButRecordingsMayNot() {
    clips.clip("sad", "anna", 1).clip("sad", "anna", 2).clip("sad", "anna", 3);
    assertThatCode(() -> RANDOM.check(oneClipEach())).doesNotThrowAnyException();
    clips.clip("sad", "anna", 1);
    List<Utterance> all = clips.corpus().utterances();
    Fold leaking = new Fold(4, all.subList(0, 3), List.of(), all.subList(3, 4));
    assertThatThrownBy(() -> RANDOM.check(leaking))
        .hasMessageStartingWith("fold 4 of random leaks: the same recording is in training (clip0")
        .hasMessageContaining("and in test (clip3");
  }

  private Utterance speech(String id, String speaker, AudioClip clip) {
    Path file = folder.resolve(id + ".wav");
    Sounds.writeFloats(file, clip.samples(), clip.sampleRate(), 1);
    return Utterance.of("made-up", id, file, "sad", speaker);
  }

  private static int[] integers(AudioClip clip) {
    int[] samples = new int[clip.samples().length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = Math.round(clip.samples()[i] * 32_768);
    }
    return samples;
  }

  @Test
  void aRecordingInTwoEncodingsIsCaught() {
    Utterance wav = speech("one", "anna", MadeUpSpeech.clip(1));
    Path file = FlacFiles.write(folder.resolve("two.flac"), integers(MadeUpSpeech.clip(1)));
    Utterance flac = Utterance.of("made-up", "two", file, "sad", "bert");
    assertThatThrownBy(
            () -> SPEAKER_INDEPENDENT.check(new Fold(1, List.of(wav), List.of(), List.of(flac))))
        .isInstanceOf(SerException.class)
        .hasMessageContaining(
            "the same recording is in training (one, speaker anna) and in test (two, speaker bert)");
  }

  @Test
  void aResampledRecordingIsReported() {
    Utterance wide = speech("wide", "anna", MadeUpSpeech.clip(1));
    Utterance narrow = speech("narrow", "bert", MadeUpSpeech.clip(1).resampledTo(8_000));
    Utterance other = speech("other", "cleo", MadeUpSpeech.clip(2));
    assertThat(
            SPEAKER_INDEPENDENT.check(new Fold(2, List.of(wide), List.of(other), List.of(narrow))))
        .singleElement()
        .asString()
        .startsWith(
            "fold 2 of loso: narrow of speaker bert in test is a likely copy of wide of speaker anna in training: their fingerprints differ in ")
        .endsWith(" of 160 bits");
    assertThat(SPEAKER_INDEPENDENT.check(new Fold(2, List.of(wide), List.of(), List.of(other))))
        .isEmpty();
  }

  private Fold oneClipEach() {
    List<Utterance> all = clips.corpus().utterances();
    return new Fold(1, all.subList(0, 1), all.subList(1, 2), all.subList(2, 3));
  }
}
