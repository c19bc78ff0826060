package ser.pipeline.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvManifestTests {
  private final Path folder;

  CsvManifestTests(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void audio() {
    WavFiles.write(folder.resolve("a.wav"), 1);
    WavFiles.write(folder.resolve("clips/b.wav"), 2);
    WavFiles.write(folder.resolve("one, \"two\".wav"), 3);
  }

  @Test
  void rowsAreUtterancesInTheirOrderAndLabelsAreSorted() {
    Corpus corpus = open("path,label,speaker,session\na.wav,sad,anna,1\nclips/b.wav,happy,bert,\n");
    assertThat(corpus.labels()).containsExactly("happy", "sad");
    assertThat(corpus.utterances())
        .containsExactly(
            new Utterance("a.wav", folder.resolve("a.wav"), "sad", "anna", Optional.of("1")),
            new Utterance(
                "clips/b.wav", folder.resolve("clips/b.wav"), "happy", "bert", Optional.empty()));
    assertThat(corpus.notes()).isEmpty();
  }

  @Test
  void columnsMayComeInAnyOrderAndOthersAreIgnoredWithANote() {
    Corpus corpus = open("speaker,age,Path,label\nanna,30,a.wav,sad\n");
    assertThat(corpus.utterances().get(0).speaker()).isEqualTo("anna");
    assertThat(corpus.notes()).containsExactly("ignored the columns age");
  }

  @Test
  void valuesMayBeQuoted() {
    Corpus corpus = open("path,label,speaker\r\n\"one, \"\"two\"\".wav\",\"sad\",anna\r\n");
    assertThat(corpus.utterances().get(0).path()).isEqualTo(folder.resolve("one, \"two\".wav"));
  }

  @Test
  void aByteOrderMarkAndBlankLinesDoNoHarm() {
    assertThat(open("\uFEFFpath,label,speaker\n\na.wav,sad,anna\n\n").utterances()).hasSize(1);
  }

  @Test
  void absolutePathsStayAsTheyAre() {
    Path absolute = folder.resolve("a.wav").toAbsolutePath();
    Corpus corpus = open("path,label,speaker\n" + absolute + ",sad,anna\n");
    assertThat(corpus.utterances().get(0).path()).isEqualTo(absolute);
  }

  @Test
  void aMissingColumnIsNamed() {
    assertFails(
        "path;label;speaker\na.wav;sad;anna\n",
        " line 1: no column 'path' in the header 'path;label;speaker';"
            + " expected path,label,speaker[,session]");
  }

  @Test
  void aRowOfTheWrongLengthIsNamedByItsLine() {
    assertFails(
        "path,label,speaker\na.wav,sad,anna\nclips/b.wav,sad\n",
        " line 3: found 2 values; expected 3, one for each of path,label,speaker");
  }

  @Test
  void anEmptyValueIsNamedByItsLine() {
    assertFails(
        "path,label,speaker\na.wav,,anna\n",
        " line 2: no value for 'label'; expected one in every row");
  }

  @Test
  void aMissingAudioFileIsNamedByItsLine() {
    assertFails(
        "path,label,speaker\n\na.wav,sad,anna\nc.wav,sad,anna\n",
        " line 4: no audio file at "
            + folder.resolve("c.wav")
            + "; expected paths relative to the manifest's folder");
  }

  @Test
  void aFileListedTwiceIsNamedByBothLines() {
    assertFails(
        "path,label,speaker\na.wav,sad,anna\na.wav,happy,anna\n",
        " line 3: a.wav is listed on line 2 already; expected each file once");
  }

  @Test
  void aQuoteThatIsNeverClosedIsNotCsv() {
    assertThatThrownBy(() -> open("path,label,speaker\na.wav,\"sad,anna\n"))
        .isInstanceOf(CorpusException.class)
        .hasMessageMatching(".* line [23]: not CSV: .*");
  }

  @Test
  void anEmptyFileAndALoneHeaderAreErrors() {
    assertFails("", " is empty; expected the header path,label,speaker[,session]");
    assertFails(
        "path,label,speaker\n", " has a header but no rows; expected one row per audio file");
  }

  private void assertFails(String manifest, String message) {
    assertThatThrownBy(() -> open(manifest))
        .isInstanceOf(CorpusException.class)
        .hasMessage(folder.resolve("manifest.csv") + message);
  }

  private Corpus open(String manifest) {
    Path file =
        WavFiles.writeBytes(
            folder.resolve("manifest.csv"), manifest.getBytes(StandardCharsets.UTF_8));
    return Corpora.open("csv:" + file);
  }
}
