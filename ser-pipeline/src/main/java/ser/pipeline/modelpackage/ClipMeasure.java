package ser.pipeline.modelpackage;

import java.util.Arrays;
import java.util.Optional;

/** A measure of a clip that reveals a shift from the domain of the training clips. */
public enum ClipMeasure {
  /** The duration of the speech, without silence at both ends, in seconds. */
  SECONDS("seconds", 0, 1e7),
  /** The mean power of a frame over the mel bands, in dB. */
  LEVEL("levelDb", -110, 310),
  /** The centre of the highest mel band within 60 dB of the strongest, in Hz. */
  BANDWIDTH("bandwidthHz", 0, 384_000),
  /** From the softest tenth of the frames to the loudest, in dB: little where there is noise. */
  DYNAMICS("dynamicsDb", 0, 420);

  private final String key;
  private final double least;
  private final double most;

  /** The bounds are of any log-mel features: ln(1e-10) to 60 in each of 16,384 bands or fewer. */
  ClipMeasure(String key, double least, double most) {
    this.key = key;
    this.least = least;
    this.most = most;
  }

  /** {@return the least that a clip can have} */
  double least() {
    return least;
  }

  /** {@return the most that a clip can have} */
  double most() {
    return most;
  }

  /** {@return the name in files, with its unit} */
  public String key() {
    return key;
  }

  static Optional<ClipMeasure> named(String key) {
    return Arrays.stream(values()).filter(measure -> measure.key.equals(key)).findFirst();
  }
}
