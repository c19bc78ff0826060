package ser.features.pretrained;

import ser.features.audio.AudioClip;
import ser.features.dsp.FeatureMatrix;

/**
 * A pretrained encoder of speech: a vector per frame, or one for each of its layers. Its weights
 * stay as they are. Thread-safe.
 */
public interface PretrainedEncoder extends AutoCloseable {
  /** {@return the SHA-256 of its file, in hexadecimal} */
  String sha256();

  /** {@return what it takes} */
  EncoderInput input();

  /** {@return how many layers it gives, 1 or more} */
  int layers();

  /** {@return the elements of each layer's vector} */
  int width();

  /** {@return the distance of two frames in samples of the input's rate} */
  int samplesPerFrame();

  /** {@return the columns of the features: the layers one behind the other} */
  default int columns() {
    return layers() * width();
  }

  /**
   * Encodes a clip. One longer than 30 s is encoded in equal parts no longer than that.
   *
   * @param clip at the input's sample rate, one sample or more
   * @return [frames, layers · width], one frame or more
   * @throws ser.api.SerException when the encoder gives a number that is not finite, another shape
   *     than it has given before, or fails
   */
  FeatureMatrix encode(AudioClip clip);

  @Override
  void close();
}
