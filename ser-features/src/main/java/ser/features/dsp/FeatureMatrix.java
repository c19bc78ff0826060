package ser.features.dsp;

import java.util.Arrays;
import ser.api.SerException;

/**
 * Features of a clip, frame after frame. The array is shared, not copied: leave it alone.
 *
 * @param frames rows: steps in time
 * @param columns values per frame
 * @param values [frames, columns], row by row
 */
@SuppressWarnings("ArrayRecordComponent") // sharing is documented, equality is by content
public record FeatureMatrix(int frames, int columns, float[] values) {
  /**
   * Checks the shape.
   *
   * @throws SerException when the number of values is not frames · columns, or one of these is not
   *     positive
   */
  public FeatureMatrix {
    if (frames < 1 || columns < 1 || (long) frames * columns != values.length) {
      throw new SerException(
          "features: %d values for %d frames of %d columns; expected frames x columns, both positive"
              .formatted(values.length, frames, columns));
    }
  }

  /**
   * One value.
   *
   * @param frame the step in time, from 0
   * @param column the band or coefficient, from 0
   * @return the value there
   */
  public float at(int frame, int column) {
    return values[frame * columns + column];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FeatureMatrix matrix
        && frames == matrix.frames
        && columns == matrix.columns
        && Arrays.equals(values, matrix.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(values) + columns;
  }

  @Override
  public String toString() {
    return "FeatureMatrix[" + frames + ", " + columns + "]";
  }
}
