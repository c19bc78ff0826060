package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import ser.pipeline.corpus.AudioIdentity;
import ser.pipeline.corpus.Corpora;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.RealRavdess;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.modelpackage.RecordingDigests;
import ser.pipeline.protocol.Development;
import ser.pipeline.protocol.Fold;
import ser.pipeline.protocol.Protocols;

/**
 * The training record of the bundled model is that of the corpus it names.
 *
 * <p>Where RAVDESS is at hand, the test writes the package again from its own description, its own
 * weights and the corpus, to {@code target/ravdess-model}. When a new version of the format needs
 * the package in a new form, the files there replace those in {@code ser-model-ravdess}.
 */
class BundledModelTests {
  /** The hash of the training data that the package stated in version 1. */
  private static final String FIRST_DATA_HASH =
      "6632f7bb3a5537eb2d4ba9311226547d9932179502d2169a0ef7e2e9bcd26cc2";

  private static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();

  @Test
  void theRecordIsThatOfTheCorpus() {
    Corpus corpus = Corpora.open("ravdess:" + RealRavdess.folderOrSkip());
    Path bundled =
        MODULE.resolve("../ser-model-ravdess/src/main/resources/ser/model/ravdess/model");
    Path again = MODULE.resolve("target/ravdess-model");
    ModelPackage model = ModelPackage.read(bundled);
    ModelDescription description = model.description();
    AudioIdentity identity = new AudioIdentity();
    Fold fold =
        Protocols.named(description.training().protocol())
            .folds(corpus, description.training().seed(), Development.NONE)
            .get(description.training().fold() - 1);
    assertThat(DataHash.ofEncoded(fold.train())).isEqualTo(FIRST_DATA_HASH);

    List<Utterance> seen =
        Stream.concat(fold.train().stream(), fold.development().stream()).toList();
    ModelDescription recorded =
        new ModelDescription(
            ModelDescription.FORMAT,
            description.version(),
            description.labels(),
            description.encoder(),
            description.features(),
            description.pretrained(),
            description.trim(),
            description.standardization(),
            "",
            description
                .training()
                .withDataHash(DataHash.of(fold.train(), identity))
                .withRecordings(RecordingDigests.of(seen.stream().map(identity::of).toList())),
            description.calibration(),
            description.clips());
    ModelPackage.write(again, recorded, model.weights(), ModelCard.of(recorded));

    for (String file : List.of(ModelPackage.WEIGHTS, ModelPackage.DESCRIPTION, ModelPackage.CARD)) {
      assertThat(bundled.resolve(file)).hasSameBinaryContentAs(again.resolve(file));
    }
  }
}
