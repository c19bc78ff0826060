package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.features.audio.AudioClip;
import ser.pipeline.corpus.AudioIdentity;
import ser.pipeline.corpus.FlacFiles;
import ser.pipeline.corpus.MadeUpSpeech;
import ser.pipeline.corpus.Segment;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.corpus.WavFiles;
import ser.pipeline.modelpackage.RecordingDigests;
import ser.pipeline.modelpackage.TinyModel;
import ser.pipeline.modelpackage.TrainingRecord;
import ser.pipeline.recognition.Sounds;
import ser.pipeline.training.TrainingOverlap.Kind;

class TrainingOverlapTests {
  private final AudioIdentity identity = new AudioIdentity();
  private final Path folder;
  private int files;

  TrainingOverlapTests(@TempDir Path folder) {
    this.folder = folder;
  }

  private static int[] integers(AudioClip clip) {
    int[] samples = new int[clip.samples().length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = Math.round(clip.samples()[i] * 32_767);
    }
    return samples;
  }

  private Utterance wav(String corpus, String speaker, long seed) {
    Path file = folder.resolve(corpus).resolve(files++ + ".wav");
    return utterance(corpus, speaker, WavFiles.write(file, integers(MadeUpSpeech.clip(seed))));
  }

  private static Utterance utterance(String corpus, String speaker, Path file) {
    return Utterance.of(corpus, file.getFileName().toString(), file, "sad", speaker);
  }

  private TrainingRecord record(String corpus, List<Utterance> train) {
    TrainingRecord any = TinyModel.training();
    List<String> speakers = train.stream().map(Utterance::speaker).distinct().toList();
    return new TrainingRecord(
        corpus,
        any.protocol(),
        any.fold(),
        Map.of(corpus, speakers),
        Map.of(),
        Map.of(),
        "",
        Optional.of(RecordingDigests.of(train.stream().map(identity::of).toList())),
        Map.of(),
        1,
        1,
        Map.of(),
        Map.of());
  }

  private TrainingRecord withoutDigests(String corpus, List<Utterance> train) {
    TrainingRecord record = record(corpus, train);
    return new TrainingRecord(
        corpus,
        record.protocol(),
        record.fold(),
        record.trainSpeakers(),
        Map.of(),
        Map.of(),
        "",
        Optional.empty(),
        Map.of(),
        1,
        1,
        Map.of(),
        Map.of());
  }

  private List<Kind> kinds(TrainingRecord record, List<Utterance> utterances) {
    return TrainingOverlap.of(record, utterances, identity).findings().stream()
        .map(TrainingOverlap.Finding::kind)
        .toList();
  }

  @Test
  void recordingsAreRecognisedUnderOtherNames() {
    TrainingRecord record =
        record("ravdess", List.of(wav("ravdess", "01", 1), wav("ravdess", "02", 2)));
    Path flac = FlacFiles.write(folder.resolve("copy.flac"), integers(MadeUpSpeech.clip(2)));
    AudioClip telephone = MadeUpSpeech.clip(2).resampledTo(8_000);
    Path resampled =
        Sounds.writeFloats(folder.resolve("telephone.wav"), telephone.samples(), 8_000, 1);
    List<Utterance> manifest =
        List.of(
            wav("mine", "Actor_01", 1),
            utterance("mine", "Actor_02", flac),
            utterance("mine", "Actor_03", resampled),
            wav("mine", "Actor_01", 3),
            wav("mine", "Actor_03", 4),
            wav("mine", "Actor_04", 5));

    TrainingOverlap overlap = TrainingOverlap.of(record, manifest, identity);

    assertThat(overlap.findings().stream().map(TrainingOverlap.Finding::kind))
        .containsExactly(
            Kind.RECORDING_SEEN,
            Kind.RECORDING_SEEN,
            Kind.LIKELY_COPY,
            Kind.SPEAKER_SEEN,
            Kind.SPEAKER_SEEN,
            Kind.UNSEEN);
    assertThat(overlap.utterances(Kind.UNSEEN)).containsExactly(manifest.get(5));
    assertThat(overlap.counts())
        .isEqualTo(
            Map.of(
                Kind.UNSEEN, 1, Kind.SPEAKER_SEEN, 2, Kind.LIKELY_COPY, 1, Kind.RECORDING_SEEN, 2));
    assertThat(overlap.warning()).isEmpty();
    assertThat(overlap.findings().get(2).reason())
        .matches(
            "its fingerprint differs in \\d+ of 160 bits from that of a recording in training");
    assertThat(overlap.findings().get(3).reason())
        .isEqualTo(manifest.get(0).id() + " of the same speaker, Actor_01, was in training");
    assertThat(overlap.findings().get(5).reason()).isEmpty();
  }

  @Test
  void segmentsOfARecordingInTrainingWereInTraining() {
    TrainingRecord record = record("ravdess", List.of(wav("ravdess", "01", 1)));
    AudioClip telephone = MadeUpSpeech.clip(1).resampledTo(8_000);
    Path resampled =
        Sounds.writeFloats(folder.resolve("telephone.wav"), telephone.samples(), 8_000, 1);
    Optional<Segment> segment = Optional.of(new Segment(0.3, OptionalDouble.of(0.7)));

    assertThat(
            kinds(
                record,
                List.of(
                    wav("mine", "a", 1).withSegment(segment),
                    utterance("mine", "b", resampled).withSegment(segment),
                    wav("mine", "a", 2).withSegment(segment),
                    wav("mine", "c", 3).withSegment(segment))))
        .containsExactly(Kind.RECORDING_SEEN, Kind.LIKELY_COPY, Kind.SPEAKER_SEEN, Kind.UNSEEN);
  }

  @Test
  void speakersOfAPublishedCorpusAreTheSameInEveryCopy() {
    TrainingRecord record = record("emodb", List.of(wav("emodb", "03", 1)));
    assertThat(
            kinds(
                record,
                List.of(wav("emodb", "03", 2), wav("emodb", "08", 3), wav("savee", "03", 4))))
        .containsExactly(Kind.SPEAKER_SEEN, Kind.UNSEEN, Kind.UNSEEN);
  }

  @Test
  void aSpeakersNameInTwoManifestsIsNoEvidence() {
    TrainingRecord record = record("mine", List.of(wav("mine", "speaker1", 1)));
    assertThat(kinds(record, List.of(wav("yours", "speaker1", 2), wav("mine", "speaker1", 3))))
        .containsExactly(Kind.UNSEEN, Kind.UNSEEN);
  }

  @Test
  void withoutDigestsTheNamesDecideAndAWarningSaysSo() {
    List<Utterance> train = List.of(wav("ravdess", "Actor_01", 1));
    TrainingOverlap overlap =
        TrainingOverlap.of(
            withoutDigests("ravdess", train),
            List.of(
                wav("ravdess", "Actor_01", 2),
                wav("mine", "Actor_01", 3),
                wav("ravdess", "Actor_02", 4),
                wav("emodb", "Actor_01", 5)),
            identity);
    assertThat(overlap.findings().stream().map(TrainingOverlap.Finding::kind))
        .containsExactly(Kind.SPEAKER_SEEN, Kind.SPEAKER_SEEN, Kind.UNSEEN, Kind.UNSEEN);
    assertThat(overlap.findings().get(1).reason())
        .isEqualTo("speaker Actor_01 of ravdess was in training");
    assertThat(overlap.warning().orElseThrow()).contains("no digests", "names of speakers");
    assertThat(kinds(withoutDigests("csv", train), List.of(wav("mine", "Actor_01", 6))))
        .containsExactly(Kind.SPEAKER_SEEN);
  }

  @Test
  void withoutDigestsNoAudioIsRead() {
    List<Utterance> missing =
        new ArrayList<>(List.of(utterance("mine", "x", folder.resolve("missing.wav"))));
    TrainingRecord record = withoutDigests("ravdess", List.of(wav("ravdess", "01", 1)));
    assertThat(kinds(record, missing)).containsExactly(Kind.UNSEEN);
  }
}
