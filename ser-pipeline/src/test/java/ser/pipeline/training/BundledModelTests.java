package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import ser.pipeline.corpus.AudioIdentity;
import ser.pipeline.corpus.Corpora;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.RealCorpora;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.modelpackage.RecordingDigests;
import ser.pipeline.protocol.Development;
import ser.pipeline.protocol.Fold;
import ser.pipeline.protocol.Protocols;

/**
 * The training record of the bundled model is that of the corpora it names.
 *
 * <p>Where RAVDESS and nEMO are at hand, the test writes the package again from its own
 * description, its own weights and the corpora, to {@code target/base-model}. When a new version of
 * the format needs the package in a new form, the files there replace those in {@code
 * ser-model-base}.
 */
class BundledModelTests {
  private static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();

  @Test
  void theRecordIsThatOfTheCorpora() {
    Corpus corpus =
        Corpora.join(
            List.of(
                Corpora.open("ravdess:" + RealCorpora.ravdessOrSkip()),
                Corpora.open("nemo:" + RealCorpora.nemoOrSkip())));
    Path bundled = MODULE.resolve("../ser-model-base/src/main/resources/ser/model/base/model");
    Path again = MODULE.resolve("target/base-model");
    ModelPackage model = ModelPackage.read(bundled);
    ModelDescription description = model.description();
    AudioIdentity identity = new AudioIdentity();
    Fold fold =
        Protocols.named(description.training().protocol())
            .folds(corpus, description.training().seed(), Development.NONE)
            .get(description.training().fold() - 1);
    assertThat(description.training().corpus()).isEqualTo(corpus.name());
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
