package ser.pipeline.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On made-up trees of the published layout: IEMOCAP itself is given out on request only. */
class IemocapTests {
  private final Path folder;

  IemocapTests(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void anAnnotatedTurnIsAnUtterance() {
    dialog(1, "Ses01F_impro01", "Ses01F_impro01_F000 neu");
    assertThat(open().utterances())
        .containsExactly(
            Utterance.of(
                    "iemocap",
                    "Ses01F_impro01_F000",
                    folder.resolve("Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav"),
                    "neutral",
                    "Ses01F")
                .withSession(Optional.of("Ses01")));
  }

  @Test
  void theTurnsLetterTellsWhoSpeaksAndNotTheDialogs() {
    dialog(3, "Ses03M_script01_1b", "Ses03M_script01_1b_F004 sad");
    assertThat(open().utterances().get(0).speaker()).isEqualTo("Ses03F");
  }

  @Test
  void excitedIsHappyAndTheOtherClassesAreLeftOutWithTheirCounts() {
    dialog(
        1,
        "Ses01F_impro01",
        "Ses01F_impro01_F000 exc",
        "Ses01F_impro01_F001 hap",
        "Ses01F_impro01_F002 ang",
        "Ses01F_impro01_F003 sad",
        "Ses01F_impro01_F004 neu",
        "Ses01F_impro01_F005 fru",
        "Ses01F_impro01_F006 xxx",
        "Ses01F_impro01_F007 fru");
    Corpus corpus = open();
    assertThat(corpus.labels()).containsExactly("angry", "happy", "sad", "neutral");
    assertThat(corpus.classCounts())
        .containsExactly(
            entry("angry", 1), entry("happy", 2), entry("sad", 1), entry("neutral", 1));
    assertThat(corpus.notes()).contains("left out turns of other classes: fru 2, xxx 1");
  }

  @Test
  void countsThatDifferFromTheReleaseAreNoted() {
    dialog(1, "Ses01F_impro01", "Ses01F_impro01_F000 ang");
    assertThat(open().notes())
        .containsExactly(
            "not the full release: 1 utterances where it has 5531"
                + " (angry 1 of 1103, happy 0 of 1636, sad 0 of 1084, neutral 0 of 1708)",
            "sessions with other counts than the release: Ses01 1 of 1085, Ses02 0 of 1023,"
                + " Ses03 0 of 1151, Ses04 0 of 1031, Ses05 0 of 1241");
  }

  /** The published counts of ang, hap with exc, sad and neu in each session. */
  private static final int[][] PUBLISHED = {
    {229, 278, 194, 384},
    {137, 327, 197, 362},
    {240, 286, 305, 320},
    {327, 303, 143, 258},
    {170, 442, 245, 384}
  };

  @Test
  void aFullReleaseHasNoNoteOnItsCountsAndOneTurnLessHasOne() throws Exception {
    String[] codes = {"ang", "exc", "sad", "neu"};
    for (int session = 1; session <= 5; session++) {
      List<String> turns = new ArrayList<>();
      String dialog = "Ses0%dF_impro01".formatted(session);
      for (int code = 0; code < codes.length; code++) {
        for (int i = 0; i < PUBLISHED[session - 1][code]; i++) {
          // A turn has a number of three digits.
          int number = turns.size();
          turns.add(
              "%s_%s%03d %s"
                  .formatted(dialog, number < 700 ? "F" : "M", number % 700, codes[code]));
        }
      }
      dialog(session, dialog, turns.toArray(String[]::new));
    }
    Corpus corpus = open();
    assertThat(corpus.notes()).isEmpty();
    assertThat(corpus.utterances()).hasSize(5531);
    assertThat(corpus.speakers()).hasSize(10);

    Path annotations = folder.resolve("Session4/dialog/EmoEvaluation/Ses04F_impro01.txt");
    Files.writeString(
        annotations, Files.readString(annotations).replace("_F000\tang\t", "_F000\txxx\t"));
    assertThat(open().notes())
        .containsExactly(
            "left out turns of other classes: xxx 1",
            "not the full release: 5530 utterances where it has 5531 (angry 1102 of 1103)",
            "sessions with other counts than the release: Ses04 1030 of 1031");
  }

  @Test
  void theFolderMayBeTheOneAroundTheRelease() throws Exception {
    dialog(1, "Ses01F_impro01", "Ses01F_impro01_F000 ang");
    Path release = Files.createDirectory(folder.resolve("IEMOCAP_full_release"));
    Files.move(folder.resolve("Session1"), release.resolve("Session1"));
    assertThat(open().utterances()).hasSize(1);
  }

  @Test
  void singleAnnotatorsVotesAndHiddenFilesAreNotRead() {
    dialog(1, "Ses01F_impro01", "Ses01F_impro01_F000 ang");
    Path evaluations = folder.resolve("Session1/dialog/EmoEvaluation");
    text(evaluations.resolve("._Ses01F_impro01.txt"), "[\u0000\u0001 nonsense");
    text(evaluations.resolve("Categorical/Ses01F_impro01_e2_cat.txt"), "[ votes ]");
    assertThat(open().utterances()).hasSize(1);
  }

  @Test
  void aTurnWithoutAudioIsNamed() throws Exception {
    dialog(1, "Ses01F_impro01", "Ses01F_impro01_F000 ang");
    Path wav = folder.resolve("Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav");
    Files.delete(wav);
    assertFails("line 3: turn Ses01F_impro01_F000 has no audio; expected " + wav);
  }

  @Test
  void aLineThatIsNoAnnotationIsNamedByItsNumber() {
    dialog(1, "Ses01F_impro01", "Ses01F_impro01_F000 ang");
    text(folder.resolve("Session1/dialog/EmoEvaluation/b.txt"), "\n[1.0 - 2.0] no tabs");
    assertFails("b.txt line 2: found '[1.0 - 2.0] no tabs'; expected [start - end]<tab>turn");
  }

  @Test
  void aFolderOfForeignFilesIsAnErrorThatSaysWhatWasFound() {
    text(folder.resolve("readme.txt"), "hello");
    assertFails(
        folder + ": found readme.txt; expected Session1 to Session5 of IEMOCAP, each with dialog/");
  }

  @Test
  void aSessionWithoutAnnotationsIsNamed() throws Exception {
    Files.createDirectories(folder.resolve("Session2/sentences"));
    assertFails(Path.of("Session2", "dialog", "EmoEvaluation") + " does not exist; expected");
  }

  private void assertFails(String message) {
    assertThatThrownBy(this::open)
        .isInstanceOf(CorpusException.class)
        .hasMessageContaining(message);
  }

  private Corpus open() {
    return Corpora.open("iemocap:" + folder);
  }

  /** Writes a dialog's annotations, each given as "turn emotion", and its audio. */
  private void dialog(int number, String name, String... turns) {
    Path session = folder.resolve("Session" + number);
    StringBuilder lines = new StringBuilder("% [START_TIME - END_TIME] TURN_NAME EMOTION\n\n");
    for (String turn : turns) {
      String[] parts = turn.split(" ", 2);
      lines.append(
          "[6.2901 - 8.2357]\t%s\t%s\t[2.5000, 2.5000, 2.5000]\n".formatted(parts[0], parts[1]));
      lines.append("C-E2:\tNeutral;\t()\nA-E3:\tval 3; act 2; dom  2;\t()\n\n");
      WavFiles.write(session.resolve("sentences/wav/" + name + "/" + parts[0] + ".wav"), 1);
    }
    text(session.resolve("dialog/EmoEvaluation/" + name + ".txt"), lines.toString());
  }

  private static void text(Path file, String content) {
    WavFiles.writeBytes(file, content.getBytes(StandardCharsets.ISO_8859_1));
  }
}
