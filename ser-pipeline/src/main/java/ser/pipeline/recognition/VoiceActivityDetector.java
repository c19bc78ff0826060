package ser.pipeline.recognition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import ser.attention.VadNetwork;
import ser.features.dsp.FeatureMatrix;
import ser.graph.spi.Backend;
import ser.graph.spi.InferenceFunction;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.modelpackage.VadModel;

/** A compiled voice activity detector. Thread-safe. */
final class VoiceActivityDetector implements AutoCloseable {
  /** The probability from which a frame is speech. */
  static final float SPEECH = 0.8f;

  /** A window with fewer frames of speech, and less than a third of it speech, has no emotion. */
  private static final int FEWEST = 50;

  private final InferenceFunction function;

  private VoiceActivityDetector(InferenceFunction function) {
    this.function = function;
  }

  /** {@return whether a model has a detector that takes its log-mel features} */
  static boolean fits(ModelPackage model) {
    return model.vad().isPresent() && model.description().features().equals(VadModel.features());
  }

  /**
   * Compiles the detector of a model that it {@link #fits}.
   *
   * @param backend computes; stays the caller's
   * @return the detector; the caller closes it, before the backend
   */
  static VoiceActivityDetector compile(ModelPackage model, Backend backend) {
    return new VoiceActivityDetector(
        backend.compile(VadModel.graph(), model.vad().orElseThrow().weights()));
  }

  /**
   * Detects speech, in up to {@link WindowClassifier#WINDOWS_AT_ONCE} clips in one call of the
   * engine.
   *
   * @param clips log-mel features, not standardised, each [frames, bands]
   * @return the probability of speech in each frame of each clip
   */
  List<float[]> probabilities(List<FeatureMatrix> clips) {
    List<float[]> probabilities = new ArrayList<>();
    for (int first = 0; first < clips.size(); first += WindowClassifier.WINDOWS_AT_ONCE) {
      probabilities.addAll(
          detect(
              clips.subList(
                  first, Math.min(clips.size(), first + WindowClassifier.WINDOWS_AT_ONCE))));
    }
    return probabilities;
  }

  private List<float[]> detect(List<FeatureMatrix> clips) {
    float[] all =
        Objects.requireNonNull(
                function.run(PaddedBatch.of(clips)).get(VadNetwork.PROBABILITY),
                VadNetwork.PROBABILITY)
            .floats();
    int longest = all.length / clips.size();
    float[][] probabilities = new float[clips.size()][];
    for (int i = 0; i < probabilities.length; i++) {
      int from = i * longest;
      probabilities[i] = Arrays.copyOfRange(all, from, from + clips.get(i).frames());
    }
    return List.of(probabilities);
  }

  /** Tells whether a window with these probabilities of its frames has speech to classify. */
  static boolean hasSpeech(float[] probabilities) {
    int speech = 0;
    for (float probability : probabilities) {
      speech += probability >= SPEECH ? 1 : 0;
    }
    return speech >= Math.min(FEWEST, (probabilities.length + 2) / 3);
  }

  @Override
  public void close() {
    function.close();
  }
}
