package ser.pipeline.corpus;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CorporaTests {
  @ParameterizedTest
  @ValueSource(strings = {"esd:/data/esd", "/data/ravdess", "ravdess", "ravdess:", ""})
  void aSpecificationOfNoKnownFormIsAnsweredWithTheForms(String specification) {
    assertThatThrownBy(() -> Corpora.open(specification))
        .isInstanceOf(CorpusException.class)
        .hasMessageStartingWith("no corpus '" + specification + "'; expected one of ")
        .hasMessageContaining("ravdess:DIR, iemocap:DIR, ")
        .hasMessageContaining("csv:FILE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ravdess:", "iemocap:", "csv:"})
  void aMissingFolderOrFileIsNamed(String scheme, @TempDir Path folder) {
    Path missing = folder.resolve("nowhere");
    assertThatThrownBy(() -> Corpora.open(scheme + missing))
        .isInstanceOf(CorpusException.class)
        .hasMessageStartingWith(missing + " does not exist; expected ");
  }

  @Test
  void aFileInPlaceOfAFolderIsNamed(@TempDir Path folder) {
    Path file = WavFiles.write(folder.resolve("a.wav"), 1);
    assertThatThrownBy(() -> Corpora.open("ravdess:" + file))
        .isInstanceOf(CorpusException.class)
        .hasMessage(file + " is not a folder; expected the folder of RAVDESS speech");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ravdess:", "iemocap:"})
  void everyErrorIsOneLine(String scheme, @TempDir Path folder) {
    assertThatThrownBy(() -> Corpora.open(scheme + folder))
        .isInstanceOf(CorpusException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("empty")
        .hasMessageContaining("; expected ")
        .hasMessageNotContaining("\n");
  }
}
