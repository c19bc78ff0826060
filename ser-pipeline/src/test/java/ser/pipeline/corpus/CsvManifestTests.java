package ser.pipeline.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
            Utterance.of("manifest", "a.wav", folder.resolve("a.wav"), "sad", "anna")
                .withSession(Optional.of("1")),
            Utterance.of(
                "manifest", "clips/b.wav", folder.resolve("clips/b.wav"), "happy", "bert"));
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
        "name;label;speaker\na.wav;sad;anna\n",
        " line 1: no column 'file' or 'path' or 'audio' in the header 'name;label;speaker';"
            + " expected the columns file,emotion,speaker[,session,sentence,split,start,end]");
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
  void aMissingAudioFileIsLeftToBeReportedAndAManifestOfMissingFilesIsRefused() {
    assertThat(open("path,label,speaker\n\na.wav,sad,anna\nc.wav,sad,anna\n").utterances())
        .hasSize(2);
    assertFails(
        "path,label,speaker\n\nc.wav,sad,anna\nd.wav,sad,anna\n",
        " line 3: no audio file at "
            + folder.resolve("c.wav")
            + ", nor at the path of any other row; expected paths relative to the manifest's folder");
  }

  @Test
  void aFileListedTwiceIsNamedByBothLines() {
    assertFails(
        "path,label,speaker\na.wav,sad,anna\na.wav,happy,anna\n",
        " line 3: a.wav is listed on line 2 already; expected each clip once");
  }

  @Test
  void aQuoteThatIsNeverClosedIsNotCsv() {
    assertThatThrownBy(() -> open("path,label,speaker\na.wav,\"sad,anna\n"))
        .isInstanceOf(CorpusException.class)
        .hasMessageMatching(".* line [23]: not CSV: .*");
  }

  @Test
  void anEmptyFileAndALoneHeaderAreErrors() {
    assertFails(
        "",
        " is empty; expected a header with the columns"
            + " file,emotion,speaker[,session,sentence,split,start,end]");
    assertFails("path,label,speaker\n", " has a header but no rows; expected one row per clip");
  }

  @Test
  void theCorpusIsNamedByTheFileUnlessThatIsAPublishedName() {
    assertThat(open("path,label,speaker\na.wav,sad,anna\n").name()).isEqualTo("manifest");
    Path file =
        WavFiles.writeBytes(
            folder.resolve("ravdess.csv"),
            "path,label,speaker\na.wav,sad,anna\n".getBytes(StandardCharsets.UTF_8));
    assertThat(Corpora.open("csv:" + file).name()).isEqualTo("ravdess.csv");
    assertThat(Corpora.isPublished("ravdess")).isTrue();
    assertThat(Corpora.isPublished("csv")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "path,label,speaker\na.wav,sad,anna\n",
        "file;emotion;speaker\na.wav;sad;anna\n",
        "AUDIO\tEmotion\tSpeaker\r\na.wav\tsad\tanna\r\n",
        "\"speaker\";\"File\";\"LABEL\"\nanna;a.wav;sad\n"
      })
  void columnsHaveTwoNamesInAnyCaseAndThreeSeparators(String manifest) {
    assertThat(open(manifest).utterances())
        .containsExactly(Utterance.of("manifest", "a.wav", folder.resolve("a.wav"), "sad", "anna"));
  }

  @Test
  void twoColumnsThatMeanTheSameAreRefused() {
    assertFails(
        "path,emotion,label,speaker\na.wav,sad,3,anna\n",
        " line 1: the columns 'emotion' and 'label' of the header mean the same; expected one of"
            + " emotion, label");
  }

  @Test
  void pathsOfWindowsAreRead() {
    Utterance utterance = open("path,label,speaker\nclips\\b.wav,sad,anna\n").utterances().get(0);
    assertThat(utterance.id()).isEqualTo("clips/b.wav");
    assertThat(utterance.path()).isEqualTo(folder.resolve("clips/b.wav"));
  }

  @Test
  void startAndEndMakeSegmentsOfAFile() {
    assertThat(
            open("""
                path;label;speaker;start;end
                a.wav;sad;anna;0.5;1.50
                a.wav;happy;anna;1,5;
                a.wav;calm;anna;;0.5
                """)
                .utterances())
        .extracting(Utterance::id, utterance -> utterance.segment().orElseThrow())
        .containsExactly(
            tuple("a.wav#0.5-1.5", new Segment(0.5, OptionalDouble.of(1.5))),
            tuple("a.wav#1.5-end", new Segment(1.5, OptionalDouble.empty())),
            tuple("a.wav#0-0.5", new Segment(0, OptionalDouble.of(0.5))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a.wav,sad,anna,x,2   | the start is 'x'; expected seconds from the file's beginning, for example 1.25
          a.wav,sad,anna,1,NaN | the end is 'NaN'; expected seconds from the file's beginning, for example 1.25
          a.wav,sad,anna,2,1   | an end of 1.0 s; expected more than the start, 2.0 s
          a.wav,sad,anna,2,2   | an end of 2.0 s; expected more than the start, 2.0 s
          """)
  void aTimeThatIsNoneIsNamedByItsLine(String row, String message) {
    assertFails("path,label,speaker,start,end\n" + row + "\n", " line 2: " + message);
  }

  @Test
  void aSegmentListedTwiceIsNamedByBothLines() {
    assertFails(
        "path,label,speaker,start,end\na.wav,sad,anna,1,2\n./a.wav,sad,anna,1.0,2.0\n",
        " line 3: ./a.wav#1-2 is listed on line 2 already; expected each clip once");
  }

  @Test
  void theSplitIsReadInAnyCase() {
    assertThat(
            open("""
                path,label,speaker,split,sentence
                a.wav,sad,anna,TRAIN,s1
                clips/b.wav,sad,bert,Validation,
                """)
                .utterances())
        .extracting(Utterance::part, Utterance::sentence)
        .containsExactly(
            tuple(Optional.of(Part.TRAIN), Optional.of("s1")),
            tuple(Optional.of(Part.DEVELOPMENT), Optional.empty()));
    assertFails(
        "path,label,speaker,split\na.wav,sad,anna,test\nclips/b.wav,sad,anna,held\n",
        " line 3: the split is 'held'; expected train, dev (or validation) or test");
  }

  @Test
  void anotherEncodingIsNamedWithItsLineAndTheRemedy() {
    String manifest = "path,label,speaker\na.wav,sad,anna\na.wav,fröhlich,bert\n";
    assertFailsAs(
        manifest.getBytes(StandardCharsets.ISO_8859_1),
        " line 3: byte 0xF6 is not UTF-8, probably Windows-1252 or Latin-1; save the file as UTF-8,"
            + " for example with iconv -f WINDOWS-1252 -t UTF-8");
    for (Charset utf16 :
        List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
      assertFailsAs(
          manifest.getBytes(utf16),
          " line 1: the encoding is UTF-16, or the file is not text; save it as UTF-8, for example"
              + " with iconv -f UTF-16 -t UTF-8");
    }
  }

  @Test
  void aValueWithAControlCharacterIsNamedByItsLine() {
    assertFails(
        "path,label,speaker\na.wav,\"sa\nd\",anna\n",
        " line 2: a value of 'emotion' has a control character; expected printable text");
  }

  private void assertFailsAs(byte[] manifest, String message) {
    Path file = WavFiles.writeBytes(folder.resolve("manifest.csv"), manifest);
    assertThatThrownBy(() -> Corpora.open("csv:" + file))
        .isInstanceOf(CorpusException.class)
        .hasMessage(file + message);
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
