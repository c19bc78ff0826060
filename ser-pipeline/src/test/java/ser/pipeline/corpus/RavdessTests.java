package ser.pipeline.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RavdessTests {
  private final Path folder;

  RavdessTests(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void theFileNameTellsLabelAndSpeaker() {
    Path file = WavFiles.write(folder.resolve("Actor_12/03-01-05-01-02-01-12.wav"), 1);
    Utterance utterance = open().utterances().get(0);
    assertThat(utterance.id()).isEqualTo("03-01-05-01-02-01-12");
    assertThat(utterance.path()).isEqualTo(file);
    assertThat(utterance.label()).isEqualTo("angry");
    assertThat(utterance.speaker()).isEqualTo("Actor_12");
    assertThat(utterance.session()).isEmpty();
  }

  @Test
  void labelsAreInTheReleasesOrderEvenInAPartialCopy() {
    WavFiles.write(folder.resolve("03-01-08-01-01-01-01.wav"), 1);
    assertThat(open().labels())
        .containsExactly(
            "neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised");
  }

  @Test
  void aPartialCopyIsNoted() {
    WavFiles.write(folder.resolve("03-01-01-01-01-01-01.wav"), 1);
    assertThat(open().notes())
        .singleElement()
        .asString()
        .startsWith(
            "not the full release: 1 utterances where it has 1440 (neutral 1 of 96, calm 0");
  }

  @Test
  void songsVideosAndForeignFilesAreIgnoredAndCounted() {
    WavFiles.write(folder.resolve("Actor_01/03-01-01-01-01-01-01.wav"), 1);
    WavFiles.write(folder.resolve("Actor_01/03-02-01-01-01-01-01.wav"), 1);
    WavFiles.write(folder.resolve("Actor_02/03-02-01-01-01-01-02.wav"), 1);
    WavFiles.writeBytes(folder.resolve("Actor_01/01-01-01-01-01-01-01.mp4"), new byte[1]);
    WavFiles.writeBytes(folder.resolve("readme.txt"), new byte[1]);
    WavFiles.write(folder.resolve("03-01-09-01-01-01-01.wav"), 1); // there is no emotion 09
    Corpus corpus = open();
    assertThat(corpus.utterances()).hasSize(1);
    assertThat(corpus.notes())
        .contains(
            "ignored 2 files whose names are not RAVDESS names, first: 03-01-09-01-01-01-01.wav",
            "ignored 1 videos, first: " + Path.of("Actor_01", "01-01-01-01-01-01-01.mp4"),
            "ignored 2 songs, first: " + Path.of("Actor_01", "03-02-01-01-01-01-01.wav"));
  }

  @Test
  void hiddenFilesAreNotEvenMentioned() {
    WavFiles.write(folder.resolve("03-01-01-01-01-01-01.wav"), 1);
    WavFiles.write(folder.resolve("._03-01-01-01-01-01-01.wav"), 1);
    assertThat(open().notes()).noneMatch(note -> note.startsWith("ignored"));
  }

  @Test
  void anArchiveThatHoldsEveryFileTwiceIsReadOnce() {
    Path first = WavFiles.write(folder.resolve("Actor_01/03-01-01-01-01-01-01.wav"), 1);
    WavFiles.write(folder.resolve("again/Actor_01/03-01-01-01-01-01-01.wav"), 1);
    Corpus corpus = open();
    assertThat(corpus.utterances()).extracting(Utterance::path).containsExactly(first);
    assertThat(corpus.notes()).anyMatch(note -> note.startsWith("ignored 1 further copies"));
  }

  @Test
  void aFolderOfForeignFilesAloneIsAnErrorThatSaysWhatWasFound() {
    WavFiles.writeBytes(folder.resolve("holiday.jpg"), new byte[1]);
    WavFiles.writeBytes(folder.resolve("notes.txt"), new byte[1]);
    assertThatThrownBy(this::open)
        .isInstanceOf(CorpusException.class)
        .hasMessage(
            folder
                + ": ignored 2 files whose names are not RAVDESS names, first: holiday.jpg;"
                + " expected RAVDESS speech files such as 03-01-05-01-02-01-12.wav");
  }

  @Test
  void theFullReleaseHasItsPublishedCounts() {
    Corpus corpus = Corpora.open("ravdess:" + RealCorpora.ravdessOrSkip());
    assertThat(corpus.utterances()).hasSize(1440);
    assertThat(corpus.speakers())
        .hasSize(24)
        .startsWith("Actor_01", "Actor_02")
        .endsWith("Actor_24");
    assertThat(corpus.classCounts()).contains(entry("neutral", 96));
    assertThat(corpus.classCounts().values()).filteredOn(count -> count == 192).hasSize(7);
    assertThat(corpus.notes()).isEmpty();
    assertThat(corpus.summary())
        .startsWith("ravdess: 1440 utterances, 24 speakers; neutral 96, calm 192, happy 192");
  }

  @Test
  void theFullReleaseHoldsOneRecordingUnderTwoNames() {
    Corpus corpus = Corpora.open("ravdess:" + RealCorpora.ravdessOrSkip());
    AudioIdentity identity = new AudioIdentity();
    Map<String, List<String>> namesOfRecording =
        corpus.utterances().stream()
            .collect(
                Collectors.groupingBy(
                    utterance -> identity.of(utterance).digest(),
                    Collectors.mapping(Utterance::id, Collectors.toList())));
    assertThat(namesOfRecording.values())
        .filteredOn(names -> names.size() > 1)
        .singleElement()
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .containsExactly("03-01-03-01-02-01-07", "03-01-03-01-02-02-07");
  }

  private Corpus open() {
    return Corpora.open("ravdess:" + folder);
  }
}
