package ser.pipeline.training;

import java.util.ArrayList;
import java.util.List;
import ser.attention.Architecture;
import ser.attention.AttentionSettings;
import ser.attention.CldnnSettings;
import ser.attention.ClipNormalization;
import ser.attention.EncoderSettings;
import ser.attention.FocusSettings;
import ser.attention.LossWeights;
import ser.features.dsp.FeatureSettings;

/**
 * The fingerprint of a fold's training in its checkpoint: a hash of the data and of every setting
 * that decides on the weights.
 *
 * <p>The texts are the format of the fingerprint: a checkpoint of any version is resumed only if
 * they stay as they are, whatever the settings' types are called.
 */
final class Fingerprint {
  /** Was not a setting when the first checkpoints were written. */
  private static final double FIRST_TRIM = 9;

  private Fingerprint() {}

  /** {@return SHA-256 over the data's hash, the settings and the seed} */
  static String of(String dataHash, Architecture encoder, ExperimentSettings settings, long seed) {
    List<String> parts =
        new ArrayList<>(
            List.of(
                dataHash,
                text(encoder),
                text(settings.features()),
                text(settings.training()),
                Long.toString(seed)));
    // Later settings are parts where they differ from what the first checkpoints were made with.
    if (settings.trim() != FIRST_TRIM) {
      parts.add("trim=" + settings.trim());
    }
    FocusSettings focus = encoder.attention().focus();
    if (!focus.equals(FocusSettings.defaults())) {
      parts.add("focus=%s, %s".formatted(focus.bias(), focus.initialWidth()));
    }
    if (encoder instanceof EncoderSettings cnn && cnn.normalization() != ClipNormalization.NONE) {
      parts.add("normalization=" + cnn.normalization());
    }
    settings
        .pretrained()
        .map(RecipeJson.PretrainedJson::of)
        .ifPresent(reference -> parts.add("pretrained=" + JsonFile.text(reference)));
    if (encoder.envelope()) {
      parts.add("envelope");
    }
    LossWeights losses = settings.training().lossWeights();
    if (losses.alignment() != 0) {
      parts.add("alignmentWeight=" + losses.alignment());
    }
    if (losses.contrastive() != 0) {
      parts.add("contrastiveWeight=" + losses.contrastive());
    }
    if (losses.center() != 0) {
      parts.add("centerWeight=" + losses.center());
    }
    if (losses.adversarial() != 0) {
      parts.add(
          "adversarialWeight=%s, %s"
              .formatted(losses.adversarial(), settings.training().domains()));
    }
    if (settings.training().nearLabelSmoothing() != 0) {
      parts.add(
          "nearLabelSmoothing=%s, %s"
              .formatted(
                  settings.training().nearLabelSmoothing(), settings.training().nearLabels()));
    }
    if (settings.training().minCrop() != 1) {
      parts.add("minCrop=" + settings.training().minCrop());
    }
    Corruption corruption = settings.training().corruption();
    if (corruption.probability() != 0) {
      parts.add("corruption=" + JsonFile.text(CorruptionJson.of(corruption)));
    }
    if (settings.training().sampling() != Sampling.ALL) {
      parts.add("sampling=" + settings.training().sampling());
    }
    return DataHash.of(parts);
  }

  private static String text(Architecture architecture) {
    return architecture instanceof CldnnSettings cldnn
        ? text(cldnn)
        : text((EncoderSettings) architecture);
  }

  private static String text(CldnnSettings cldnn) {
    return "CldnnSettings[bands=%d, classes=%d, coefficients=%d, channels=%d, heads=%d, hidden=%d, dropout=%s]"
        .formatted(
            cldnn.bands(),
            cldnn.classes(),
            cldnn.coefficients(),
            cldnn.channels(),
            cldnn.heads(),
            cldnn.hidden(),
            cldnn.dropout());
  }

  private static String text(EncoderSettings encoder) {
    AttentionSettings attention = encoder.attention();
    return "EncoderSettings[bands=%d, classes=%d, channels=%s, timeStrides=%s, attention=%s, blocks=%d, feedForward=%d, poolingHidden=%d, blockDropout=%s, classifierDropout=%s]"
        .formatted(
            encoder.bands(),
            encoder.classes(),
            encoder.channels(),
            encoder.timeStrides(),
            "AttentionSettings[variant=%s, width=%d, heads=%d, calibration=%s, calibrationWindow=%d, calibrationHidden=%d]"
                .formatted(
                    attention.variant(),
                    attention.width(),
                    attention.heads(),
                    attention.calibration(),
                    attention.calibrationWindow(),
                    attention.calibrationHidden()),
            encoder.blocks(),
            encoder.feedForward(),
            encoder.poolingHidden(),
            encoder.blockDropout(),
            encoder.classifierDropout());
  }

  private static String text(FeatureSettings features) {
    return "FeatureSettings[kind=%s, sampleRate=%d, fftSize=%d, windowLength=%d, hopLength=%d, bands=%d, coefficients=%d, minHz=%s, maxHz=%s, melScale=%s, slaneyNorm=%s]"
        .formatted(
            features.kind(),
            features.sampleRate(),
            features.fftSize(),
            features.windowLength(),
            features.hopLength(),
            features.bands(),
            features.coefficients(),
            features.minHz(),
            features.maxHz(),
            features.melScale(),
            features.slaneyNorm());
  }

  private static String text(TrainingRecipe recipe) {
    return "TrainingRecipe[epochs=%d, batchSize=%d, learningRate=%s, warmup=%s, weightDecay=%s, clipNorm=%s, averageDecay=%s, labelSmoothing=%s, mixup=%s, speeds=%s, melWarp=%s, timeMaskFrames=%d, frequencyMaskBands=%d, gainDb=%s]"
        .formatted(
            recipe.epochs(),
            recipe.batchSize(),
            recipe.learningRate(),
            recipe.warmup(),
            recipe.weightDecay(),
            recipe.clipNorm(),
            recipe.averageDecay(),
            recipe.labelSmoothing(),
            recipe.mixup(),
            recipe.speeds(),
            recipe.melWarp(),
            recipe.timeMaskFrames(),
            recipe.frequencyMaskBands(),
            recipe.gainDb());
  }
}
