package ser.pipeline.vad;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import ser.attention.VadNetwork;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;
import ser.graph.training.AdamW;
import ser.graph.training.TrainingOptions;
import ser.graph.training.TrainingSession;
import ser.graph.training.WarmupCosine;
import ser.pipeline.modelpackage.VadModel;
import ser.pipeline.recognition.PaddedBatch;
import ser.pipeline.vad.VadExamples.Example;

/** Trains and tests the network of the voice activity detector. */
final class VadTrainer {
  private static final int BATCH = 16;
  private static final double RATE = 2e-3;
  private static final double DECAY = 0.99;

  private VadTrainer() {}

  /**
   * Trains.
   *
   * @param steps of {@value #BATCH} examples each
   * @param progress called with the steps done
   * @return the weights of the inference graph
   */
  static Map<String, Tensor> train(
      VadExamples examples, Backend backend, int steps, long seed, IntConsumer progress) {
    Graph graph = VadNetwork.training(VadModel.features().bands());
    WarmupCosine schedule = new WarmupCosine(RATE, Math.max(1, steps / 20), steps, 0);
    try (TrainingSession session =
        new TrainingSession(
            backend,
            graph,
            VadNetwork.LOSS,
            graph.initialParameters(seed),
            TrainingOptions.of(AdamW.of(schedule, 0.01, 1)).withEmaDecay(DECAY).withSeed(seed))) {
      for (int step = 0; step < steps; step++) {
        long first = (seed * 1_000_003 + step) * BATCH;
        List<Example> batch =
            IntStream.range(0, BATCH).parallel().mapToObj(i -> examples.draw(first + i)).toList();
        session.step(inputs(batch));
        progress.accept(step + 1);
      }
      return session.averagedWeights();
    }
  }

  private static Map<String, Tensor> inputs(List<Example> batch) {
    int frames = batch.get(0).speech().length;
    float[] targets = new float[batch.size() * frames];
    for (int i = 0; i < batch.size(); i++) {
      System.arraycopy(batch.get(i).speech(), 0, targets, i * frames, frames);
    }
    Map<String, Tensor> inputs =
        new LinkedHashMap<>(PaddedBatch.of(batch.stream().map(Example::features).toList()));
    inputs.put(VadNetwork.SPEECH, Tensor.of(targets, batch.size(), frames));
    return inputs;
  }

  /**
   * The result on examples of one kind.
   *
   * @param kind what they are
   * @param missed the share of the frames of speech that are classified as none; NaN without any
   * @param falseAlarms the share of the other frames that are classified as speech
   */
  record Result(String kind, double missed, double falseAlarms) {}

  /**
   * Tests on drawn examples of speech and of each sound.
   *
   * @param batches of {@value #BATCH} examples of each kind
   */
  static List<Result> test(
      VadExamples examples, Backend backend, Map<String, Tensor> weights, int batches) {
    List<Result> results = new ArrayList<>();
    try (InferenceFunction function = backend.compile(VadModel.graph(), weights)) {
      results.add(test("speech", examples, true, List.of(), 0, function, batches));
      for (SyntheticSound sound : SyntheticSound.values()) {
        String name = sound.name().toLowerCase(Locale.ROOT);
        for (int snrDb : List.of(10, 0)) {
          results.add(
              test(
                  "speech, %s %d dB".formatted(name, snrDb),
                  examples,
                  true,
                  List.of(sound),
                  snrDb,
                  function,
                  batches));
        }
        results.add(test(name, examples, false, List.of(sound), 0, function, batches));
      }
    }
    return results;
  }

  private static Result test(
      String kind,
      VadExamples examples,
      boolean spoken,
      List<SyntheticSound> sounds,
      double snrDb,
      InferenceFunction function,
      int batches) {
    long[] missed = new long[2];
    long[] alarms = new long[2];
    for (int number = 0; number < batches; number++) {
      int begin = number * BATCH;
      List<Example> batch =
          IntStream.range(0, BATCH)
              .parallel()
              .mapToObj(i -> examples.draw(spoken, sounds, snrDb, -1 - begin - i))
              .toList();
      Map<String, Tensor> outputs =
          function.run(PaddedBatch.of(batch.stream().map(Example::features).toList()));
      float[] speech = Objects.requireNonNull(outputs.get(VadNetwork.PROBABILITY)).floats();
      for (int i = 0; i < BATCH; i++) {
        float[] targets = batch.get(i).speech();
        for (int frame = 0; frame < targets.length; frame++) {
          boolean found = speech[i * targets.length + frame] >= 0.5;
          if (targets[frame] == 1) {
            missed[0] += found ? 0 : 1;
            missed[1]++;
          } else {
            alarms[0] += found ? 1 : 0;
            alarms[1]++;
          }
        }
      }
    }
    return new Result(kind, (double) missed[0] / missed[1], (double) alarms[0] / alarms[1]);
  }
}
