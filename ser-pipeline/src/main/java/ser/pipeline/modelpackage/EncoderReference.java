package ser.pipeline.modelpackage;

import ser.api.SerException;
import ser.features.pretrained.EncoderInput;
import ser.features.pretrained.PretrainedEncoder;

/**
 * The pretrained encoder whose outputs are a model's features. The encoder itself is a file of its
 * own, which a model package names by its digest.
 *
 * @param sha256 of the file, in hexadecimal; empty in a recipe that leaves the file open
 * @param input what the encoder takes
 * @param layers how many layers it gives
 * @param width the elements of each layer's vector
 * @param samplesPerFrame the distance of two frames in samples of the input's rate
 */
public record EncoderReference(
    String sha256, EncoderInput input, int layers, int width, int samplesPerFrame) {
  private static final int LARGEST = 1 << 20;

  /**
   * Checks the numbers.
   *
   * @throws SerException when one is out of range
   */
  public EncoderReference {
    if (!sha256.matches("([0-9a-f]{64})?")
        || layers < 1
        || width < 1
        || (long) layers * width > LARGEST
        || samplesPerFrame < 1
        || samplesPerFrame > input.sampleRate()) {
      throw new SerException(
          "pretrained: sha256 '%s', %d layers, width %d and %d samples per frame; expected 64 hexadecimal digits and numbers of 1 or more, at most a second per frame"
              .formatted(sha256, layers, width, samplesPerFrame));
    }
  }

  /**
   * Leaves the file open.
   *
   * @param input what the encoder takes
   * @return a reference to any encoder with this input
   */
  public static EncoderReference ofAny(EncoderInput input) {
    return new EncoderReference("", input, 1, 1, input.sampleRate() / 50);
  }

  /**
   * Returns the reference to an encoder.
   *
   * @param encoder an open encoder
   * @return its digest, input and shape
   */
  public static EncoderReference to(PretrainedEncoder encoder) {
    return new EncoderReference(
        encoder.sha256(),
        encoder.input(),
        encoder.layers(),
        encoder.width(),
        encoder.samplesPerFrame());
  }

  /** {@return whether the file is known} */
  public boolean isResolved() {
    return !sha256.isEmpty();
  }

  /** {@return the columns of the features: the layers one behind the other} */
  public int columns() {
    return layers * width;
  }

  /**
   * Checks that an encoder is the one that is meant.
   *
   * @param encoder an open encoder
   * @throws SerException when its file or its shape is another
   */
  public void requireSame(PretrainedEncoder encoder) {
    EncoderReference found = to(encoder);
    if (isResolved() && !found.sha256.equals(sha256)) {
      throw new SerException(
          "The pretrained encoder is another file: its SHA-256 is %s, expected %s"
              .formatted(found.sha256, sha256));
    }
    if (isResolved() && !found.equals(this)) {
      throw new SerException(
          "The pretrained encoder gives %d layers of width %d every %d samples; expected %d of %d every %d"
              .formatted(
                  found.layers,
                  found.width,
                  found.samplesPerFrame,
                  layers,
                  width,
                  samplesPerFrame));
    }
  }
}
