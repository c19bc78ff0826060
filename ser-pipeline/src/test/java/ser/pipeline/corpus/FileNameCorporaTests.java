package ser.pipeline.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.pipeline.protocol.Fold;
import ser.pipeline.protocol.Protocols;

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
    "nemo,   samples/EB0_anger_1.wav,           EB0_anger_1,         angry,     EB0",
    "nemo,   samples/SM0_surprised_90.wav,      SM0_surprised_90,    surprised, SM0",
    "nemo,   KD0_happiness_7.flac,              KD0_happiness_7,     happy,     KD0",
    "nemo,   WR0_fear_60.FLAC,                  WR0_fear_60,         fearful,   WR0",
    "nemo,   MK0_sadness_12.Wav,                MK0_sadness_12,      sad,       MK0",
    "nemo,   TP0_neutral_89.wav,                TP0_neutral_89,      neutral,   TP0",
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
  @CsvSource({"emodb, 535", "cremad, 7442", "tess, 2800", "savee, 480", "nemo, 4481"})
  void aPartialCopyIsHeldAgainstThePublishedTotal(String corpus, int total) {
    for (String any :
        new String[] {"03a01Fa", "1001_DFA_ANG_XX", "OAF_back_angry", "DC_a01", "EB0_anger_1"}) {
      WavFiles.write(folder.resolve(any + ".wav"), 1);
    }
    assertThat(Corpora.open(corpus + ":" + folder).notes())
        .anyMatch(note -> note.startsWith("ignored 4 files whose names are not "))
        .anyMatch(note -> note.contains(": 1 utterances where it has " + total + " ("));
  }

  @ParameterizedTest
  @CsvSource({"emodb", "cremad", "tess", "savee", "nemo"})
  void aFolderOfAnotherCorpusIsAnError(String corpus) {
    WavFiles.write(folder.resolve("03-01-05-01-02-01-12.wav"), 1);
    assertThatThrownBy(() -> Corpora.open(corpus + ":" + folder))
        .isInstanceOf(CorpusException.class)
        .hasMessageContaining("first: 03-01-05-01-02-01-12.wav; expected ");
  }

  @Test
  void sentencesAreReadWhereTheFileNamesGiveThem() {
    for (String file :
        new String[] {
          "EB0_anger_1.wav", "EB0_fear_42.wav", "SM0_fear_42.wav", "EB0_fear_42.flac"
        }) {
      WavFiles.write(folder.resolve("samples").resolve(file), 1);
    }
    Corpus corpus = Corpora.open("nemo:" + folder);
    assertThat(corpus.utterances())
        .extracting(Utterance::id, utterance -> utterance.sentence().orElse("none"))
        .containsExactly(
            tuple("EB0_anger_1", "1"), tuple("EB0_fear_42", "42"), tuple("SM0_fear_42", "42"));
    assertThat(corpus.labels())
        .containsExactly("neutral", "happy", "sad", "angry", "fearful", "surprised");
    assertThat(corpus.notes())
        .containsExactly(
            "ignored 1 further copies, first: samples"
                + folder.getFileSystem().getSeparator()
                + "EB0_fear_42.wav",
            "not the full release: 3 utterances where it has 4481 (neutral 0 of 809, happy 0 of"
                + " 749, sad 0 of 769, angry 1 of 749, fearful 2 of 736, surprised 0 of 669)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EB0_anger_0.wav",
        "EB0_anger_91.wav",
        "EB1_anger_1.wav",
        "EB0_joy_1.wav",
        "x.mp3"
      })
  void aFileThatIsNotOfTheReleaseIsIgnoredWithANote(String other) {
    WavFiles.write(folder.resolve("EB0_anger_1.wav"), 1);
    WavFiles.write(folder.resolve(other), 1);
    Corpus corpus = Corpora.open("nemo:" + folder);
    assertThat(corpus.utterances()).extracting(Utterance::id).containsExactly("EB0_anger_1");
    assertThat(corpus.notes())
        .contains("ignored 1 files whose names are not nEMO names, first: " + other);
  }

  @Test
  void oneSpeakerAfterTheOtherIsLeftOutOfNemo() {
    String[] speakers = {"EB0", "IC0", "KD0", "KS0", "MK0", "MP0", "SM0", "TP0", "WR0"};
    for (String speaker : speakers) {
      WavFiles.write(folder.resolve(speaker + "_anger_1.wav"), 1);
      WavFiles.write(folder.resolve(speaker + "_fear_1.wav"), 1);
    }
    List<Fold> folds = Protocols.named("loso").folds(Corpora.open("nemo:" + folder), 1);
    assertThat(folds).hasSize(9);
    for (int k = 0; k < 9; k++) {
      String tested = speakers[k];
      assertThat(folds.get(k).test())
          .hasSize(2)
          .allMatch(utterance -> utterance.speaker().equals(tested));
      assertThat(folds.get(k).train()).noneMatch(utterance -> utterance.speaker().equals(tested));
    }
  }
}
