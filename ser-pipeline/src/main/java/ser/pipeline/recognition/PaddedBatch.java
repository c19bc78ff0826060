package ser.pipeline.recognition;

import java.util.List;
import java.util.Map;
import ser.attention.Encoder;
import ser.features.dsp.FeatureMatrix;
import ser.graph.tensor.Tensor;

/** Clips of different lengths as one input of the encoder, padded with zeros at the end. */
public final class PaddedBatch {
  private PaddedBatch() {}

  /**
   * Pads and stacks.
   *
   * @param clips standardised features, all of one width, at least one clip
   * @return {@link Encoder#FEATURES} [clips, longest, columns] and {@link Encoder#LENGTHS} [clips]
   */
  public static Map<String, Tensor> of(List<FeatureMatrix> clips) {
    int columns = clips.get(0).columns();
    int longest = clips.stream().mapToInt(FeatureMatrix::frames).max().orElse(0);
    float[] values = new float[Math.multiplyExact(clips.size() * longest, columns)];
    long[] lengths = new long[clips.size()];
    for (int i = 0; i < lengths.length; i++) {
      float[] own = clips.get(i).values();
      System.arraycopy(own, 0, values, i * longest * columns, own.length);
      lengths[i] = clips.get(i).frames();
    }
    return Map.of(
        Encoder.FEATURES,
        Tensor.of(values, lengths.length, longest, columns),
        Encoder.LENGTHS,
        Tensor.of(lengths, lengths.length));
  }
}
