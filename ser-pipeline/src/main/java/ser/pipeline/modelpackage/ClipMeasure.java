package ser.pipeline.modelpackage;

import java.util.Arrays;
import java.util.Optional;

/** A measure of a clip that reveals a shift from the domain of the training clips. */
public enum ClipMeasure {
  /** The duration of the speech, without silence at both ends, in seconds. */
  SECONDS("seconds"),
  /** The mean power of a frame over the mel bands, in dB. */
  LEVEL("levelDb"),
  /** The centre of the highest mel band within 60 dB of the strongest, in Hz. */
  BANDWIDTH("bandwidthHz"),
  /** From the softest tenth of the frames to the loudest, in dB: little where there is noise. */
  DYNAMICS("dynamicsDb");

  private final String key;

  ClipMeasure(String key) {
    this.key = key;
  }

  /** {@return the name in files, with its unit} */
  public String key() {
    return key;
  }

  static Optional<ClipMeasure> named(String key) {
    return Arrays.stream(values()).filter(measure -> measure.key.equals(key)).findFirst();
  }
}
