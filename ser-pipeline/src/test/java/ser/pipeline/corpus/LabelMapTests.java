package ser.pipeline.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.pipeline.corpus.LabelMap.Relabelled;

class LabelMapTests {
  private final Path folder;

  LabelMapTests(@TempDir Path folder) {
    this.folder = folder;
  }

  /** One utterance for each label. */
  private static Corpus corpus(String name, String... labels) {
    List<Utterance> utterances = new ArrayList<>();
    for (String label : labels) {
      String id = label + utterances.size();
      utterances.add(Utterance.of(name, id, Path.of(id), label, "anna"));
    }
    return new Corpus(name, List.of(labels).stream().distinct().toList(), utterances, List.of());
  }

  @Test
  void pairsRenameLabelsInAnyCaseAndUniteThem() {
    Corpus renamed =
        LabelMap.parse("Anger=angry, rage = angry")
            .relabel(corpus("a", "anger", "sad", "RAGE"))
            .corpus();
    assertThat(renamed.labels()).containsExactly("angry", "sad");
    assertThat(renamed.utterances())
        .extracting(Utterance::label)
        .containsExactly("angry", "sad", "angry");
  }

  @Test
  void anEmptyNameLeavesAClassOutWithItsCountInANote() {
    Relabelled result = LabelMap.parse("calm=").relabel(corpus("a", "calm", "sad", "calm"));
    assertThat(result.leftOut()).containsExactly(entry("calm", 2));
    assertThat(result.corpus().labels()).containsExactly("sad");
    assertThat(result.corpus().notes()).containsExactly("left out by --labels: calm 2");
  }

  @Test
  void aFileHoldsTheSameMap() throws IOException {
    Path file =
        Files.writeString(folder.resolve("map.JSON"), "{\"anger\": \"angry\", \"calm\": null}");
    Relabelled result =
        LabelMap.parse(file.toString()).relabel(corpus("a", "anger", "sad", "calm"));
    assertThat(result.corpus().labels()).containsExactly("angry", "sad");
    assertThat(result.leftOut()).containsExactly(entry("calm", 1));
  }

  @Test
  void anEntryThatNoLabelHasIsNoted() {
    assertThat(LabelMap.parse("angst=fearful").relabel(corpus("a", "sad")).corpus().notes())
        .containsExactly("a has no label angst of --labels; it has sad");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          anger            | labels: 'anger' is not a pair; expected pairs such as anger=angry
          =angry           | labels: '=angry' is not a pair; expected pairs such as anger=angry
          anger=angry,     | labels: '' is not a pair; expected pairs such as anger=angry
          a=b,A=c          | labels: 'a' is given twice; expected one name
          """)
  void aTextThatIsNoMapIsRefused(String text, String message) {
    assertThatThrownBy(() -> LabelMap.parse(text))
        .isInstanceOf(CorpusException.class)
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [1]                  | holds no JSON object; expected one such as {"anger": "angry"}
          {"anger": 3}         | the value of 'anger' is 3; expected a label, or null to leave it out
          {"anger": "a","Anger": "b"} | 'anger' is given twice; expected one name
          {"anger":            | is not JSON:
          """)
  void aFileThatIsNoMapIsRefused(String text, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("map.json"), text);
    assertThatThrownBy(() -> LabelMap.parse(file.toString()))
        .isInstanceOf(CorpusException.class)
        .hasMessageStartingWith(file + ": " + message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void aMissingFileIsNamed() {
    Path file = folder.resolve("none.json");
    assertThatThrownBy(() -> LabelMap.parse(file.toString()))
        .isInstanceOf(CorpusException.class)
        .hasMessageStartingWith(file + ": there is no such file");
  }

  @Test
  void labelsMatchAModelsByNameBeforeTheyMatchByWord() {
    // The model has both: anger is not angry here.
    Relabelled result =
        LabelMap.NONE.relabelTo(
            corpus("a", "anger", "Joy", "fear", "bored"), List.of("angry", "anger", "happy"));
    assertThat(result.corpus().utterances())
        .extracting(Utterance::label)
        .containsExactly("anger", "happy");
    assertThat(result.leftOut()).containsExactly(entry("fear", 1), entry("bored", 1));
    assertThat(result.corpus().labels()).containsExactly("anger", "happy");
  }

  @Test
  void joinedCorporaUniteLabelsThatAreWordsForOneEmotion() {
    Corpus joined =
        Corpora.join(
            List.of(corpus("a", "anger", "sad", "glee"), corpus("b", "angry", "sad", "Anger")));
    assertThat(joined.name()).isEqualTo("a+b");
    assertThat(joined.labels()).containsExactly("angry", "sad", "glee");
    assertThat(joined.speakers()).containsExactly("a/anna", "b/anna");
    Corpus one = corpus("a", "anger");
    assertThat(Corpora.join(List.of(one))).isSameAs(one);
  }

  @Test
  void crossCorpusKeepsTheCommonLabelsAndCountsTheOthers() {
    Corpus joined =
        Corpora.joinForCrossCorpus(
            List.of(corpus("a", "anger", "sad", "calm"), corpus("b", "sad", "calm")),
            List.of(corpus("c", "sadness", "angry", "disgust", "disgust")));
    assertThat(joined.name()).isEqualTo("a+b to c");
    assertThat(joined.labels()).containsExactly("angry", "sad");
    assertThat(joined.utterances()).hasSize(5);
    assertThat(joined.notes())
        .containsExactly(
            "left out classes that are not in both the training and the test corpora: a calm 1, b"
                + " calm 1, c disgust 2");
    assertThatThrownBy(
            () ->
                Corpora.joinForCrossCorpus(
                    List.of(corpus("a", "sad", "calm")), List.of(corpus("c", "sad", "angry"))))
        .isInstanceOf(CorpusException.class)
        .hasMessageContaining("expected at least two in common");
  }
}
