package ser.pipeline.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import ser.api.SerException;
import ser.attention.Architecture;
import ser.attention.Encoder;
import ser.graph.ir.Graph;
import ser.graph.ir.Op;
import ser.graph.spi.Backend;
import ser.graph.tensor.Tensor;
import ser.graph.training.TrainingOptions;
import ser.graph.training.TrainingSession;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.io.AtomicFile;
import ser.pipeline.io.OptionalFile;
import ser.pipeline.modelpackage.Standardization;

/**
 * Trains one model on one set of clips, with checkpoints. Same seed, data and settings on one
 * machine's CPU: same model, to the bit, however often the run was cut off.
 */
final class Trainer {
  private final Architecture encoder;
  private final TrainingRecipe recipe;
  private final long seed;
  private final FeatureCache cache;
  private final TrainingListener listener;
  private final BooleanSupplier stop;

  Trainer(
      Architecture encoder,
      TrainingRecipe recipe,
      long seed,
      FeatureCache cache,
      TrainingListener listener,
      BooleanSupplier stop) {
    this.encoder = encoder;
    this.recipe = recipe;
    this.seed = seed;
    this.cache = cache;
    this.listener = listener;
    this.stop = stop;
  }

  /**
   * Trains to the end, or until {@code stop} is true.
   *
   * @param fold for the listener
   * @param checkpoint where states are kept; a state there is gone on from
   * @param log a table with a line for each epoch
   * @return the model's weights; empty when it was stopped, after the state was kept
   */
  Optional<Map<String, Tensor>> train(
      int fold,
      List<Utterance> utterances,
      List<String> labels,
      Standardization standardization,
      Backend backend,
      Checkpoint checkpoint,
      Path log) {
    BatchPlan plan =
        new BatchPlan(utterances, labels, cache, encoder.bands(), standardization, recipe, seed);
    int perEpoch = plan.stepsPerEpoch();
    long steps = (long) perEpoch * recipe.epochs();
    Graph graph = Encoder.training(encoder, recipe.lossWeights(), plan.domains());
    try (TrainingSession session =
        new TrainingSession(
            backend,
            graph,
            Encoder.LOSS,
            graph.initialParameters(seed),
            TrainingOptions.of(recipe.optimizer(steps))
                .withEmaDecay(recipe.averageDecay())
                .withSeed(seed))) {
      checkpoint.read(session.state()).ifPresent(session::restore);
      while (session.steps() < steps) {
        int epoch = (int) (session.steps() / perEpoch);
        boolean stopped = false;
        long begun = System.nanoTime();
        double loss = 0;
        int firstStep = (int) (session.steps() % perEpoch);
        List<BatchPlan.Batch> batches = plan.epoch(epoch);
        for (BatchPlan.Batch batch : batches.subList(firstStep, perEpoch)) {
          loss += session.step(batch.inputs()).loss();
          // At an epoch\'s end, it is logged first: a resumed run begins with the next one.
          stopped = stop.getAsBoolean();
          if (stopped && session.steps() % perEpoch != 0) {
            checkpoint.write(session.state());
            return Optional.empty();
          }
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        double mean = loss / (perEpoch - firstStep);
        append(log, epoch + 1, mean, seconds);
        checkpoint.write(session.state());
        listener.epoch(fold, epoch + 1, recipe.epochs(), mean, seconds);
        if (stopped && session.steps() < steps) {
          return Optional.empty();
        }
      }
      Map<String, Tensor> weights = new LinkedHashMap<>(session.averagedWeights());
      weights.keySet().retainAll(namesOfParameters(Encoder.inference(encoder)));
      return Optional.of(weights);
    }
  }

  private static List<String> namesOfParameters(Graph graph) {
    return graph.parameters().stream().map(Op.Parameter::name).toList();
  }

  private static void append(Path log, int epoch, double loss, double seconds) {
    try {
      StringBuilder lines = new StringBuilder();
      if (OptionalFile.isThere(log)) {
        // A run that was killed may have logged an epoch its checkpoint does not hold.
        Files.readAllLines(log).stream()
            .filter(line -> !line.startsWith(epoch + ","))
            .forEach(line -> lines.append(line).append('\n'));
      } else {
        lines.append("epoch,loss,seconds\n");
      }
      lines.append(String.format(Locale.ROOT, "%d,%.6f,%.2f\n", epoch, loss, seconds));
      AtomicFile.write(log, out -> out.write(lines.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new SerException("%s: cannot be read: %s".formatted(log, e.getMessage()), e);
    }
  }
}
