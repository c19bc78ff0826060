package ser.pipeline.modelpackage;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ser.attention.AttentionSettings;
import ser.attention.ClipNormalization;
import ser.attention.Encoder;
import ser.attention.EncoderSettings;
import ser.attention.Variant;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureSettings;
import ser.graph.tensor.Tensor;

/** A model small enough to be made in each test, with random weights. */
public final class TinyModel {
  public static final List<String> LABELS = List.of("calm", "happy", "sad");

  private TinyModel() {}

  /** Steps of 4 frames, 40 ms. */
  public static EncoderSettings encoder() {
    return new EncoderSettings(
        64,
        0,
        false,
        LABELS.size(),
        List.of(4, 4),
        List.of(2, 1),
        1,
        AttentionSettings.of(Variant.FA_CA, 8, 2),
        1,
        8,
        4,
        0.1,
        0.1,
        ClipNormalization.NONE);
  }

  public static TrainingRecord training() {
    return new TrainingRecord(
        "made-up",
        "loso",
        1,
        Map.of("made-up", List.of("anna", "bert")),
        Map.of("made-up", List.of("carl")),
        Map.of("made-up", List.of("dora")),
        "00",
        Optional.of(RecordingDigests.of(List.of())),
        Map.of("epochs", 3, "learningRate", 0.002),
        7,
        3,
        Map.of("java", "17"),
        Map.of("UA", 0.5));
  }

  public static ModelDescription description() {
    return description(FeatureSettings.defaults(FeatureKind.LOGMEL));
  }

  public static ModelDescription description(FeatureSettings features) {
    return description(LABELS, features);
  }

  private static ModelDescription description(List<String> labels, FeatureSettings features) {
    return new ModelDescription(
        ModelDescription.FORMAT,
        ModelDescription.VERSION,
        labels,
        encoder(),
        features,
        Optional.empty(),
        9,
        new Standardization(Collections.nCopies(64, -8f), Collections.nCopies(64, 4f)),
        "",
        training(),
        Calibration.none(),
        ClipRanges.unknown());
  }

  /** The temperature of the adjusted logits. */
  public static final double ADJUSTED = 0.8;

  /** A calibrated model that knows its logits on neutral speech. */
  public static ModelDescription adjustable() {
    return adjustable(LABELS);
  }

  /** The same with other labels, three. */
  public static ModelDescription adjustable(List<String> labels) {
    return description(labels, FeatureSettings.defaults(FeatureKind.LOGMEL))
        .withCalibration(
            new Calibration(
                1,
                0,
                1,
                1,
                60,
                10,
                Optional.of(
                    new AdjustedCalibration(List.of(0.8, -0.3, -0.5), ADJUSTED, 0.9, 0.4))));
  }

  public static Map<String, Tensor> weights() {
    return Encoder.inference(encoder()).initialParameters(5);
  }

  /** Writes the package. */
  public static Path write(Path folder) {
    ModelPackage.write(folder, description(), weights(), "# A card\n");
    return folder;
  }
}
