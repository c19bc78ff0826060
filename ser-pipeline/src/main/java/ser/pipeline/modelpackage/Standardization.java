package ser.pipeline.modelpackage;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import ser.api.SerException;
import ser.features.dsp.FeatureMatrix;

/**
 * Brings each feature to mean 0 and deviation 1 over the training set. Levels between clips stay:
 * they are a cue. The amplitude envelope stays as it is: its mean here is 0, its deviation 1.
 *
 * @param mean of each column over the training set
 * @param deviation of each column over the training set, above 0
 */
public record Standardization(List<Float> mean, List<Float> deviation) {
  /** Copies and checks the lists. */
  public Standardization {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (mean.size() != deviation.size()
        || !mean.stream().allMatch(Float::isFinite)
        || !deviation.stream().allMatch(d -> Float.isFinite(d) && d > 0)) {
      throw new SerException(
          "A standardisation needs as many finite means as positive deviations, found %d and %d"
              .formatted(mean.size(), deviation.size()));
    }
  }

  /**
   * Measures a training set.
   *
   * @param clips the features of its clips, at least one frame in all
   * @return the mean and deviation of each column over all frames
   * @throws SerException when there is no frame, or clips differ in their columns
   */
  public static Standardization of(Iterable<FeatureMatrix> clips) {
    double[] sum = {};
    double[] squares = {};
    long frames = 0;
    for (FeatureMatrix clip : clips) {
      if (frames == 0) {
        sum = new double[clip.columns()];
        squares = new double[clip.columns()];
      }
      requireColumns(clip, sum.length);
      frames += clip.frames();
      float[] values = clip.values();
      for (int i = 0; i < values.length; i++) {
        sum[i % sum.length] += values[i];
        squares[i % sum.length] += (double) values[i] * values[i];
      }
    }
    if (frames == 0) {
      throw new SerException("There is no frame to measure a standardisation on");
    }
    Float[] mean = new Float[sum.length];
    Float[] deviation = new Float[sum.length];
    for (int column = 0; column < sum.length; column++) {
      double m = sum[column] / frames;
      double variance = squares[column] / frames - m * m;
      mean[column] = (float) m;
      deviation[column] = (float) Math.sqrt(Math.max(variance, 1e-8));
    }
    return new Standardization(List.of(mean), List.of(deviation));
  }

  /**
   * Applies it.
   *
   * @param features [frames, columns]
   * @return standardised, [frames, columns]
   */
  public FeatureMatrix apply(FeatureMatrix features) {
    int columns = features.columns();
    requireColumns(features, mean.size());
    float[] values = new float[features.values().length];
    for (int column = 0; column < columns; column++) {
      float m = mean.get(column);
      float d = deviation.get(column);
      for (int i = column; i < values.length; i += columns) {
        values[i] = (features.values()[i] - m) / d;
      }
    }
    return new FeatureMatrix(features.frames(), columns, values);
  }

  /**
   * Leaves the last column, the amplitude envelope, as it is.
   *
   * @return this standardisation with mean 0 and deviation 1 in the last column
   */
  public Standardization withoutEnvelope() {
    int bands = mean.size() - 1;
    return new Standardization(
        Stream.concat(mean.subList(0, bands).stream(), Stream.of(0f)).toList(),
        Stream.concat(deviation.subList(0, bands).stream(), Stream.of(1f)).toList());
  }

  /**
   * Gives the first columns one deviation, the root mean square of theirs, so that a gain of a clip
   * moves all of them alike.
   *
   * @param columns how many
   * @return this standardisation with the shared deviation
   */
  public Standardization withSharedDeviation(int columns) {
    double squares = 0;
    for (float each : deviation.subList(0, columns)) {
      squares += (double) each * each / columns;
    }
    float shared = (float) Math.sqrt(squares);
    return new Standardization(
        mean,
        Stream.concat(
                Collections.nCopies(columns, shared).stream(),
                deviation.subList(columns, deviation.size()).stream())
            .toList());
  }

  private static void requireColumns(FeatureMatrix features, int expected) {
    if (features.columns() != expected) {
      throw new SerException(
          "Features of %d columns, expected %d".formatted(features.columns(), expected));
    }
  }
}
