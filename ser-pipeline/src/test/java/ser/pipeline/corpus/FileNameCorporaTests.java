package ser.pipeline.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileNameCorporaTests {
  private final Path folder;

  FileNameCorporaTests(@TempDir Path folder) {
    this.folder = folder;
  }

  @ParameterizedTest
  @CsvSource({
    "emodb,  wav/03a01Fa.wav,                   03a01Fa,             happy,     03",
    "emodb,  wav/03a02Nc.WAV,                   03a02Nc,             neutral,   03",
    "cremad, AudioWAV/1002_DFA_HAP_XX.Wav,      1002_DFA_HAP_XX,     happy,     1002",
    "tess,   YAF_angry/YAF_dog_angry.WAV,       YAF_dog_angry,       angry,     YAF",
    "savee,  KL/h01.WAV,                        KL_h01,              happy,     KL",
    "emodb,  wav/16b10Wb.wav,                   16b10Wb,             angry,     16",
    "emodb,  wav/10a05Ld.wav,                   10a05Ld,             bored,     10",
    "cremad, AudioWAV/1001_DFA_ANG_XX.wav,      1001_DFA_ANG_XX,     angry,     1001",
    "cremad, AudioWAV/1040_ITH_SAD_X.wav,       1040_ITH_SAD_X,      sad,       1040",
    "cremad, AudioWAV/1091_IEO_FEA_HI.wav,      1091_IEO_FEA_HI,     fearful,   1091",
    "tess,   OAF_Fear/OAF_back_fear.wav,        OAF_back_fear,       fearful,   OAF",
    "tess,   OAF_neutral/OA_bite_neutral.wav,   OA_bite_neutral,     neutral,   OAF",
    "tess,   YAF_surprised/YAF_dog_ps.wav,      YAF_dog_ps,          surprised, YAF",
    "savee,  AudioData/DC/sa01.wav,             DC_sa01,             sad,       DC",
    "savee,  KL/su15.wav,                       KL_su15,             surprised, KL",
    "savee,  ALL/JK_n30.wav,                    JK_n30,              neutral,   JK",
  })
  void theFileNameTellsLabelAndSpeaker(
      String corpus, String file, String id, String label, String speaker) {
    WavFiles.write(folder.resolve(file), 1);
    assertThat(Corpora.open(corpus + ":" + folder).utterances())
        .singleElement()
        .satisfies(
            utterance -> {
              assertThat(utterance.id()).isEqualTo(id);
              assertThat(utterance.label()).isEqualTo(label);
              assertThat(utterance.speaker()).isEqualTo(speaker);
            });
  }

  @ParameterizedTest
  @CsvSource({"emodb, 535", "cremad, 7442", "tess, 2800", "savee, 480"})
  void aPartialCopyIsHeldAgainstThePublishedTotal(String corpus, int total) {
    for (String any : new String[] {"03a01Fa", "1001_DFA_ANG_XX", "OAF_back_angry", "DC_a01"}) {
      WavFiles.write(folder.resolve(any + ".wav"), 1);
    }
    assertThat(Corpora.open(corpus + ":" + folder).notes())
        .anyMatch(note -> note.startsWith("ignored 3 files whose names are not "))
        .anyMatch(note -> note.contains(": 1 utterances where it has " + total + " ("));
  }

  @ParameterizedTest
  @CsvSource({"emodb", "cremad", "tess", "savee"})
  void aFolderOfAnotherCorpusIsAnError(String corpus) {
    WavFiles.write(folder.resolve("03-01-05-01-02-01-12.wav"), 1);
    assertThatThrownBy(() -> Corpora.open(corpus + ":" + folder))
        .isInstanceOf(CorpusException.class)
        .hasMessageContaining("first: 03-01-05-01-02-01-12.wav; expected ");
  }
}
