package ser.pipeline.modelpackage;

import java.util.List;
import java.util.Optional;
import ser.api.ModelException;
import ser.attention.Architecture;
import ser.attention.AttentionSettings;
import ser.attention.CldnnSettings;
import ser.attention.ClipNormalization;
import ser.attention.EncoderSettings;
import ser.attention.FocusSettings;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureSettings;

/**
 * The description of a model: architecture, features, labels and origin.
 *
 * @param format always {@value #FORMAT}
 * @param version of the format
 * @param labels the emotions, in the order of the model's outputs
 * @param encoder the architecture, its sizes and its attention
 * @param features the settings of the extraction
 * @param pretrained the encoder whose outputs are the features; empty for log-mel features. The
 *     settings of the extraction are then those by which silence is cut off
 * @param trim frames at the ends are silence when their power is this many nepers (of power) below
 *     the loudest frame's; 0 keeps everything
 * @param standardization of the features
 * @param weightsSha256 of {@code weights.safetensors}, in hexadecimal
 * @param training where the model comes from
 * @param calibration of its confidence
 * @param clips where its training clips lie
 */
public record ModelDescription(
    String format,
    int version,
    List<String> labels,
    Architecture encoder,
    FeatureSettings features,
    Optional<EncoderReference> pretrained,
    double trim,
    Standardization standardization,
    String weightsSha256,
    TrainingRecord training,
    Calibration calibration,
    ClipRanges clips) {
  /** The value of {@link #format}. */
  public static final String FORMAT = "speech-emotion-model";

  /** The version this toolkit writes and the newest it reads. */
  public static final int VERSION = 4;

  private static final int LARGEST_WIDTH = 16_384;

  /** Below ln(1e-10), the logarithm of the power of silence. */
  private static final float SMALLEST_MEAN = -24;

  /** Above the logarithm of the power of the longest transform's window, at int16 scale. */
  private static final float LARGEST_MEAN = 60;

  /** Half of what {@link Standardization#of} gives for a band that never changes. */
  private static final float SMALLEST_DEVIATION = 5e-5f;

  /** Half of the range of means. */
  private static final float LARGEST_DEVIATION = 42;

  /**
   * Checks that the parts fit together.
   *
   * @throws ModelException when they do not
   */
  public ModelDescription {
    requireVersion(format, version);
    if (labels.size() != encoder.classes() || labels.stream().distinct().count() != labels.size()) {
      throw new ModelException(
          "%d labels %s for %d classes".formatted(labels.size(), labels, encoder.classes()));
    }
    int columns =
        pretrained.map(EncoderReference::columns).orElse(0)
            + (encoder.isFusion() || pretrained.isEmpty() ? features.columns() : 0);
    if (columns != encoder.columns()
        || features.hasEnvelope() != encoder.envelope()
        || standardization.mean().size() != encoder.columns()) {
      throw new ModelException(
          "%d features, %d means and %d columns of the encoder; expected one number"
              .formatted(columns, standardization.mean().size(), encoder.columns()));
    }
    requireFit(pretrained, encoder, features);
    if (encoder.attention().needsEnvelope() && !encoder.envelope()) {
      throw new ModelException(
          "encoder.attention.focus.bias %s without features.envelope; expected both"
              .formatted(encoder.attention().focus().bias()));
    }
    if (version < 3
        && (!(encoder instanceof EncoderSettings)
            || encoder.envelope()
            || encoder.attention().calibration().gatesMaps()
            || !encoder.attention().focus().equals(FocusSettings.defaults()))) {
      throw new ModelException(
          "version %d with an architecture, attention or envelope of version 3".formatted(version));
    }
    int neutral = calibration.adjusted().map(each -> each.neutral().size()).orElse(labels.size());
    if (neutral != labels.size()) {
      throw new ModelException(
          "%d neutral logits for %d labels; expected one for each label"
              .formatted(neutral, labels.size()));
    }
    boolean normalized =
        encoder instanceof EncoderSettings cnn && cnn.normalization() != ClipNormalization.NONE;
    boolean calibrated = !calibration.equals(Calibration.none());
    if (version < 4 && (normalized || calibrated || !clips.equals(ClipRanges.unknown()))) {
      throw new ModelException(
          "version %d with a normalization, calibration or clips of version 4".formatted(version));
    }
    if (features.kind() != FeatureKind.LOGMEL || !(trim >= 0 && trim < Double.POSITIVE_INFINITY)) {
      throw new ModelException(
          "features %s and trim %s; expected %s and a number of 0 or more"
              .formatted(features.kind(), trim, FeatureKind.LOGMEL));
    }
    if (labels.stream()
        .anyMatch(label -> label.isBlank() || label.chars().anyMatch(Character::isISOControl))) {
      throw new ModelException("a label that is blank or not one line; expected words");
    }
    requireSane(encoder);
    if (pretrained.isEmpty()) {
      requireSane(standardization);
    }
    if (version > 1 && training.recordings().isEmpty()) {
      throw new ModelException(
          "a training record without recordings; expected them since version 2");
    }
    labels = List.copyOf(labels);
  }

  /**
   * A frame of a pretrained encoder is one of the extraction by which silence is cut off, except in
   * a fusion, where it is repeated in the frames that it covers.
   */
  private static void requireFit(
      Optional<EncoderReference> pretrained, Architecture encoder, FeatureSettings features) {
    boolean projection =
        encoder.isFusion() || (encoder instanceof EncoderSettings cnn && cnn.isProjection());
    if (projection != pretrained.isPresent()) {
      throw new ModelException(
          projection
              ? "a projection without a pretrained encoder; expected one"
              : "a pretrained encoder before convolutions; expected a projection");
    }
    if (pretrained.isPresent()) {
      EncoderReference reference = pretrained.get();
      EncoderSettings settings = (EncoderSettings) encoder;
      boolean sameFrames = features.hopLength() == reference.samplesPerFrame();
      if (!reference.isResolved()
          || settings.layers() != reference.layers()
          || !(sameFrames || settings.isFusion())
          || features.sampleRate() != reference.input().sampleRate()) {
        throw new ModelException(
            "a pretrained encoder '%s' of %d layers every %d samples of %d Hz, a projection of %d layers and features every %d samples of %d Hz; expected a digest and one number each"
                .formatted(
                    reference.sha256(),
                    reference.layers(),
                    reference.samplesPerFrame(),
                    reference.input().sampleRate(),
                    settings.layers(),
                    features.hopLength(),
                    features.sampleRate()));
      }
    }
  }

  /** Checks the format and its version. */
  static void requireVersion(String format, int version) {
    if (!FORMAT.equals(format)) {
      throw new ModelException(
          "format '%s' version %d; expected '%s'".formatted(format, version, FORMAT));
    }
    if (version > VERSION) {
      throw new ModelException(
          "version %d is newer than this toolkit reads (1 to %d)".formatted(version, VERSION));
    }
    if (version < 1) {
      throw new ModelException("version %d; expected 1 to %d".formatted(version, VERSION));
    }
  }

  /**
   * Returns this description with another checksum.
   *
   * @param newWeightsSha256 of {@code weights.safetensors}, in hexadecimal
   * @return the changed description
   */
  public ModelDescription withWeightsSha256(String newWeightsSha256) {
    return new ModelDescription(
        format,
        version,
        labels,
        encoder,
        features,
        pretrained,
        trim,
        standardization,
        newWeightsSha256,
        training,
        calibration,
        clips);
  }

  /**
   * Returns this description with another origin.
   *
   * @param newTraining the record of the training
   * @return the changed description
   */
  public ModelDescription withTraining(TrainingRecord newTraining) {
    return new ModelDescription(
        format,
        version,
        labels,
        encoder,
        features,
        pretrained,
        trim,
        standardization,
        weightsSha256,
        newTraining,
        calibration,
        clips);
  }

  /**
   * Returns this description with another calibration, in this toolkit's version of the format.
   *
   * @param newCalibration of the confidence
   * @return the changed description
   * @throws ModelException when the record is of version 1, which has no recordings
   */
  public ModelDescription withCalibration(Calibration newCalibration) {
    return new ModelDescription(
        format,
        VERSION,
        labels,
        encoder,
        features,
        pretrained,
        trim,
        standardization,
        weightsSha256,
        training,
        newCalibration,
        clips);
  }

  /** {@return the duration of one step of the encoder, in seconds} */
  public double secondsPerStep() {
    return (double) encoder.framesPerStep() * features.hopLength() / features.sampleRate();
  }

  /** A file may ask for any size: far beyond what anybody trains, building it would not end. */
  private static void requireSane(Architecture architecture) {
    requireAtMost("classes", architecture.classes(), LARGEST_WIDTH);
    if (architecture instanceof CldnnSettings cldnn) {
      requireAtMost("channels", cldnn.channels(), LARGEST_WIDTH);
      requireAtMost("hidden elements", cldnn.hidden(), LARGEST_WIDTH);
      return;
    }
    EncoderSettings encoder = (EncoderSettings) architecture;
    AttentionSettings attention = encoder.attention();
    requireAtMost("convolutions", encoder.channels().size(), 8);
    encoder.channels().forEach(channels -> requireAtMost("channels", channels, LARGEST_WIDTH));
    requireAtMost("blocks", encoder.blocks(), 64);
    requireAtMost("attention width", attention.width(), LARGEST_WIDTH);
    requireAtMost("feed-forward width", encoder.feedForward(), LARGEST_WIDTH);
    requireAtMost("pooling width", encoder.poolingHidden(), LARGEST_WIDTH);
    requireAtMost("calibration width", attention.calibrationHidden(), LARGEST_WIDTH);
    requireAtMost("calibration window", attention.calibrationWindow(), LARGEST_WIDTH);
  }

  /** Natural logarithms of powers lie within bounds: numbers beyond are damaged. */
  private static void requireSane(Standardization standardization) {
    requireWithin("mean", standardization.mean(), SMALLEST_MEAN, LARGEST_MEAN);
    requireWithin("deviation", standardization.deviation(), SMALLEST_DEVIATION, LARGEST_DEVIATION);
    if (standardization.mean().stream().allMatch(mean -> mean == 0)) {
      throw new ModelException(
          "a standardisation with the mean 0 in every band; expected means of log-mel features");
    }
  }

  private static void requireWithin(String what, List<Float> numbers, float least, float most) {
    for (float number : numbers) {
      if (!(number >= least && number <= most)) {
        throw new ModelException(
            "a standardisation with the %s %s; expected %s to %s"
                .formatted(what, number, least, most));
      }
    }
  }

  private static void requireAtMost(String what, int found, int most) {
    if (found > most) {
      throw new ModelException("%s: %d; expected at most %d".formatted(what, found, most));
    }
  }
}
