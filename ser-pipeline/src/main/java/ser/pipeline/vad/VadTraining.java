package ser.pipeline.vad;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import ser.features.audio.AudioClip;
import ser.graph.spi.Backend;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.corpus.UtteranceAudio;
import ser.pipeline.modelpackage.VadModel;
import ser.pipeline.protocol.Development;
import ser.pipeline.protocol.Fold;
import ser.pipeline.protocol.Protocols;

/**
 * The training of a voice activity detector on clean speech, mixed with synthetic sounds. The test
 * speakers are those of the first fold of {@value #PROTOCOL}.
 */
public final class VadTraining {
  private static final String PROTOCOL = "speaker-kfold:6";
  private static final int TEST_BATCHES = 2;

  private final Corpus corpus;
  private final Fold fold;
  private final long seed;

  private VadTraining(Corpus corpus, Fold fold, long seed) {
    this.corpus = corpus;
    this.fold = fold;
    this.seed = seed;
  }

  /**
   * Divides the speakers.
   *
   * @param corpus clean speech, of six speakers or more
   * @param seed of the weights, the examples and the division
   * @return the training
   * @throws ser.api.SerException when there are fewer speakers
   */
  public static VadTraining of(Corpus corpus, long seed) {
    Fold fold = Protocols.named(PROTOCOL).folds(corpus, seed, Development.NONE).get(0);
    return new VadTraining(corpus, fold, seed);
  }

  /**
   * Trains a detector.
   *
   * @param backend computes; stays the caller's
   * @param steps of 16 examples of 3 s each
   * @param progress called with the number of steps done
   * @return the detector
   */
  public VadModel train(Backend backend, int steps, IntConsumer progress) {
    return new VadModel(
        VadTrainer.train(examples(fold.train()), backend, steps, seed, progress), corpus.name());
  }

  /**
   * Tests a detector on speech of the test speakers and on sounds that were not trained on.
   *
   * @param model the detector
   * @param backend computes; stays the caller's
   * @return a table: for speech alone, over each kind of sound, and each sound alone, the share of
   *     the frames of speech that are missed and of the others that are taken for speech
   */
  public String test(VadModel model, Backend backend) {
    List<String> lines = new ArrayList<>();
    lines.add("%-28s  %6s  %12s".formatted("examples", "missed", "false alarms"));
    for (VadTrainer.Result result :
        VadTrainer.test(examples(fold.test()), backend, model.weights(), TEST_BATCHES)) {
      lines.add(
          "%-28s  %6s  %12s"
              .formatted(result.kind(), share(result.missed()), share(result.falseAlarms())));
    }
    return String.join("\n", lines) + "\n";
  }

  private static String share(double share) {
    return Double.isNaN(share) ? "" : String.format(Locale.ROOT, "%.3f", share);
  }

  private static VadExamples examples(List<Utterance> utterances) {
    return new VadExamples(utterances, VadTraining::read);
  }

  private static AudioClip read(Utterance utterance) {
    return UtteranceAudio.read(utterance).resampledTo(VadModel.features().sampleRate());
  }
}
