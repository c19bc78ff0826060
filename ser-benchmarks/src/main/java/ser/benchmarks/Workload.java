package ser.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ser.attention.Encoder;
import ser.attention.FocusFold;
import ser.features.audio.AudioFiles;
import ser.features.dsp.FeatureMatrix;
import ser.graph.ir.Graph;
import ser.graph.spi.Backend;
import ser.graph.tensor.Tensor;
import ser.graph.training.AdamW;
import ser.graph.training.TrainingOptions;
import ser.graph.training.TrainingSession;
import ser.graph.training.WarmupCosine;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.recognition.Frontend;
import ser.pipeline.recognition.PaddedBatch;

/**
 * A model and clips for it, from which batches of any size are made.
 *
 * @param model the model
 * @param clips standardised features of the clips' speech, each [frames, bands]
 */
record Workload(ModelPackage model, List<FeatureMatrix> clips) {

  /**
   * Reads clips for a model.
   *
   * @param model the model
   * @param files WAV or FLAC
   */
  static Workload read(ModelPackage model, List<Path> files) {
    ModelDescription description = model.description();
    Frontend frontend =
        new Frontend(
            description.features(), description.trim(), description.encoder().framesPerStep());
    List<FeatureMatrix> clips = new ArrayList<>();
    for (Path file : files) {
      FeatureMatrix features = frontend.speech(AudioFiles.read(file)).features();
      clips.add(description.standardization().apply(features));
    }
    return new Workload(model, clips);
  }

  /** The same clips, each cut to the frames of the shortest: a batch of them has no padding. */
  Workload equalLengths() {
    int frames = clips.stream().mapToInt(FeatureMatrix::frames).min().orElse(0);
    List<FeatureMatrix> cut = new ArrayList<>();
    for (FeatureMatrix clip : clips) {
      float[] values = Arrays.copyOf(clip.values(), frames * clip.columns());
      cut.add(new FeatureMatrix(frames, clip.columns(), values));
    }
    return new Workload(model, cut);
  }

  /** Inputs of the inference graph: the clips, over and over, until there are that many. */
  Map<String, Tensor> batch(int count) {
    List<FeatureMatrix> chosen =
        Collections.nCopies(count / clips.size() + 1, clips).stream()
            .flatMap(List::stream)
            .limit(count)
            .toList();
    return PaddedBatch.of(chosen);
  }

  /** Inputs of the training graph: {@link #batch} and classes that take turns. */
  Map<String, Tensor> trainingBatch(int count) {
    int classes = model.description().labels().size();
    float[] targets = new float[count * classes];
    for (int clip = 0; clip < count; clip++) {
      targets[clip * classes + clip % classes] = 1;
    }
    Map<String, Tensor> all = new LinkedHashMap<>(batch(count));
    all.put(Encoder.TARGETS, Tensor.of(targets, count, classes));
    return all;
  }

  /** The graph that gives the probabilities, as the recogniser compiles it. */
  Graph inference() {
    return FocusFold.fold(model.graph().select(Encoder.PROBABILITIES), model.weights());
  }

  /** A training of the model's encoder from random weights, with the recipe of the trainer. */
  TrainingSession training(Backend backend) {
    Graph graph = Encoder.training(model.description().encoder());
    AdamW adamW = AdamW.of(new WarmupCosine(1e-3, 10, 1000, 1e-4), 0.05, 1);
    return new TrainingSession(
        backend,
        graph,
        Encoder.LOSS,
        graph.initialParameters(1),
        TrainingOptions.of(adamW).withEmaDecay(0.99).withSeed(1));
  }
}
