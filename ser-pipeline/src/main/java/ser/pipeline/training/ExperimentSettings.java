package ser.pipeline.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ser.api.SerException;
import ser.attention.Architecture;
import ser.attention.AttentionSettings;
import ser.attention.EncoderSettings;
import ser.attention.Variant;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureSettings;
import ser.pipeline.modelpackage.EncoderReference;
import ser.pipeline.protocol.Fold;

/**
 * The settings of an experiment that decide on its models: encoder, features, trimming and training
 * recipe. Immutable; {@link #defaults()} and the {@code with} methods make variants. A recipe file
 * holds them as JSON.
 *
 * <pre>{@code
 * ExperimentSettings settings =
 *     ExperimentSettings.defaults()
 *         .withVariant(Variant.CA)
 *         .withTraining(TrainingRecipe.defaults().withEpochs(20));
 * }</pre>
 *
 * @param encoder the network, its sizes and its attention. Its bands follow from the features, and
 *     its classes from the corpus: those given here are replaced
 * @param features the log-mel features, with the amplitude envelope where the attention or the
 *     alignment loss is computed from it
 * @param trim frames at both ends are silence when their power is this many nepers (of power) below
 *     the loudest frame's; 0 keeps everything
 * @param training the hyperparameters of the training
 * @param pretrained the encoder whose outputs are the features; empty for log-mel features. The
 *     network then projects each frame instead of convolving, and frames are the encoder's
 */
public record ExperimentSettings(
    Architecture encoder,
    FeatureSettings features,
    double trim,
    TrainingRecipe training,
    Optional<EncoderReference> pretrained) {
  private static final double DEFAULT_TRIM = 9;

  /** The encoder's classes until the corpus is known. */
  private static final int ANY_CLASSES = 2;

  /**
   * Checks that the parts fit together.
   *
   * @throws SerException when the features are not log-mel, the trim is negative, the mel bands do
   *     not fit the convolutions, the envelope is needed and not among the features, or a setting
   *     is not for the features of a pretrained encoder
   */
  public ExperimentSettings {
    Setting experiment = new Setting("experiment");
    experiment.require(
        features.kind() == FeatureKind.LOGMEL,
        "features.kind",
        features.kind(),
        FeatureKind.LOGMEL.toString());
    experiment.requireWithin("trim", trim, 0, 100);
    if (pretrained.isPresent()) {
      requireFit(features, training, pretrained.get(), encoder.isFusion());
      features = encoder.isFusion() ? features : framed(features, pretrained.get());
    }
    encoder = fitted(encoder, features, pretrained, ANY_CLASSES);
    requireEnvelope(
        encoder.attention().needsEnvelope(),
        features,
        "encoder.attention.focus.bias is " + RecipeJson.text(encoder.attention().focus().bias()));
    requireEnvelope(
        training.lossWeights().alignment() > 0,
        features,
        "training.alignmentWeight is " + training.lossWeights().alignment());
    experiment.require(
        encoder instanceof EncoderSettings || !training.lossWeights().needsEmbedding(),
        "training",
        training.lossWeights(),
        "no contrastive, center or adversarial loss, which a CLDNN does not have");
  }

  /** {@return the default recipe: plain self-attention on 64 log-mel bands} */
  public static ExperimentSettings defaults() {
    FeatureSettings features = FeatureSettings.defaults(FeatureKind.LOGMEL);
    return new ExperimentSettings(
        EncoderSettings.of(Variant.MHSA, features.spectralColumns(), ANY_CLASSES),
        features,
        DEFAULT_TRIM,
        TrainingRecipe.defaults(),
        Optional.empty());
  }

  /**
   * Reads a recipe file. Settings that it leaves out have their defaults.
   *
   * @param file JSON as {@link #toJson} gives it
   * @return the settings
   * @throws SerException when the file cannot be read, is of a newer version, or a key is unknown,
   *     of the wrong type or out of its range; names the file and the key
   */
  public static ExperimentSettings read(Path file) {
    return RecipeJson.read(file);
  }

  /** {@return the text of a recipe file with all settings, which {@link #read} reads back equal} */
  public String toJson() {
    return RecipeJson.of(this).text();
  }

  /**
   * Returns these settings with another encoder.
   *
   * @param encoder the network, its sizes and its attention
   * @return the changed settings
   */
  public ExperimentSettings withEncoder(Architecture encoder) {
    return new ExperimentSettings(encoder, features, trim, training, pretrained);
  }

  /**
   * Returns these settings with other attention mechanisms.
   *
   * @param variant the mechanisms on top of self-attention
   * @return the changed settings
   * @throws SerException when the architecture has no such mechanisms
   */
  public ExperimentSettings withVariant(Variant variant) {
    if (encoder instanceof EncoderSettings attending) {
      return withEncoder(attending.withAttention(attending.attention().withVariant(variant)));
    }
    if (variant != encoder.attention().variant()) {
      throw new SerException(
          "A CLDNN has plain self-attention, found the variant %s; expected %s"
              .formatted(variant, encoder.attention().variant()));
    }
    return this;
  }

  /**
   * Returns these settings with the features of a pretrained encoder. What changes log-mel features
   * is left out of the training: the warp of the mel axis, masks of bands, and gains. So are other
   * speeds, each of which would take as much memory again.
   *
   * @param reference the encoder, or its input alone
   * @return the changed settings
   * @throws SerException when these settings name another encoder, or have a CLDNN
   */
  public ExperimentSettings withPretrained(EncoderReference reference) {
    if (pretrained.isPresent()) {
      EncoderReference own = pretrained.get();
      if (!own.input().equals(reference.input()) || (own.isResolved() && !own.equals(reference))) {
        throw new SerException(
            "The recipe names the pretrained encoder %s; expected the same, found %s"
                .formatted(own, reference));
      }
      return new ExperimentSettings(encoder, features, trim, training, Optional.of(reference));
    }
    TrainingRecipe changed =
        training
            .withMelWarp(0)
            .withFrequencyMaskBands(0)
            .withGainDb(0)
            .withSpeeds(List.of(1.0))
            .withTimeMaskFrames(
                training.timeMaskFrames() * features.hopLength() / reference.samplesPerFrame());
    return new ExperimentSettings(encoder, features, trim, changed, Optional.of(reference));
  }

  /**
   * Returns these settings with the outputs of a pretrained encoder beside the log-mel features.
   * Gains, which an encoder's outputs would not follow, are left out of the training. So are other
   * speeds, each of which would take as much memory again.
   *
   * @param reference the encoder, or its input alone
   * @return the changed settings
   * @throws SerException when these settings have a pretrained encoder already, or a CLDNN
   */
  public ExperimentSettings withFusion(EncoderReference reference) {
    if (pretrained.isPresent() || !(encoder instanceof EncoderSettings attending)) {
      throw new SerException(
          "The outputs of a pretrained encoder are set beside log-mel features and convolutions, found %s"
              .formatted(pretrained.isPresent() ? "another encoder" : "a CLDNN"));
    }
    return new ExperimentSettings(
        attending.withFusion(reference.columns(), reference.layers()),
        features,
        trim,
        training.withGainDb(0).withSpeeds(List.of(1.0)),
        Optional.of(reference));
  }

  /**
   * Returns these settings with other features.
   *
   * @param features log-mel features
   * @return the changed settings
   */
  public ExperimentSettings withFeatures(FeatureSettings features) {
    return new ExperimentSettings(encoder, features, trim, training, pretrained);
  }

  /**
   * Returns these settings with another threshold of silence.
   *
   * @param trim nepers (of power) below the loudest frame; 0 keeps everything
   * @return the changed settings
   */
  public ExperimentSettings withTrim(double trim) {
    return new ExperimentSettings(encoder, features, trim, training, pretrained);
  }

  /**
   * Returns these settings with another training recipe.
   *
   * @param training the hyperparameters
   * @return the changed settings
   */
  public ExperimentSettings withTraining(TrainingRecipe training) {
    return new ExperimentSettings(encoder, features, trim, training, pretrained);
  }

  /**
   * Refuses settings of a mechanism that the variant does not have, which would change nothing.
   *
   * @throws SerException when there are such settings; names the key
   */
  void requireEffect() {
    AttentionSettings attention = encoder.attention();
    Variant variant = attention.variant();
    AttentionSettings usual = AttentionSettings.of(variant, attention.width(), attention.heads());
    AttentionSettings focused = usual.withFocus(attention.focus());
    if (!variant.focus() && !focused.equals(usual)) {
      throw noEffect("focus", variant, Variant.FA);
    }
    if (!variant.calibration() && !attention.equals(focused)) {
      throw noEffect("calibration", variant, Variant.CA);
    }
    boolean smoothed = training.nearLabelSmoothing() > 0;
    if (smoothed && training.nearLabels().isEmpty()) {
      throw new SerException(
          "training.nearLabelSmoothing has no effect without training.nearLabels; expected groups of labels, or a smoothing of 0");
    }
    if (!smoothed && !training.nearLabels().equals(TrainingRecipe.defaults().nearLabels())) {
      throw new SerException(
          "training.nearLabels has no effect with a training.nearLabelSmoothing of 0; expected a smoothing above 0, or no such setting");
    }
    if (training.lossWeights().adversarial() == 0
        && training.domains() != TrainingRecipe.defaults().domains()) {
      throw new SerException(
          "training.adversarialDomains has no effect with a training.adversarialWeight of 0; expected a weight above 0, or no such setting");
    }
  }

  /**
   * Checks that a fold's training has the domains that domain-adversarial training needs.
   *
   * @throws SerException when there are fewer than two
   */
  void requireDomains(Fold fold) {
    long domains = fold.train().stream().map(training.domains()::of).distinct().count();
    if (training.lossWeights().adversarial() > 0 && domains < 2) {
      throw new SerException(
          "training.adversarialDomains is %s, of which fold %d is trained on %d; expected two or more"
              .formatted(RecipeJson.text(training.domains()), fold.number(), domains));
    }
  }

  private static SerException noEffect(String key, Variant variant, Variant expected) {
    return new SerException(
        "encoder.attention.%s has no effect on the variant %s; expected the variant %s or %s, or no such setting"
            .formatted(key, variant, expected, Variant.FA_CA));
  }

  /**
   * Returns what whoever trains with these settings should read.
   *
   * @param labels of the training clips
   * @return a sentence each
   * @throws SerException when one of {@code nearLabels} is a label but for its case
   */
  List<String> notes(List<String> labels) {
    List<String> notes = new ArrayList<>();
    AttentionSettings attention = encoder.attention();
    if (attention.gatesMaps()) {
      notes.add(
          "encoder.attention.calibration %s is computed on unfolded attention maps: memory grows with the square of a window's steps"
              .formatted(RecipeJson.text(attention.calibration())));
    }
    if (training.nearLabelSmoothing() > 0) {
      for (List<String> group : training.nearLabels()) {
        requireCase(group, labels);
        if (group.stream().filter(labels::contains).count() < 2) {
          notes.add(
              "training.nearLabels %s has no effect: the labels are %s".formatted(group, labels));
        }
      }
    }
    return notes;
  }

  private static void requireCase(List<String> group, List<String> labels) {
    for (String near : group) {
      for (String label : labels) {
        if (label.equalsIgnoreCase(near) && !labels.contains(near)) {
          throw new SerException(
              "training.nearLabels: found the label %s; expected %s, as the corpus has it"
                  .formatted(near, label));
        }
      }
    }
  }

  /** {@return the encoder's settings for a number of classes} */
  Architecture encoderFor(int classes) {
    return fitted(encoder, features, pretrained, classes);
  }

  private static Architecture fitted(
      Architecture encoder,
      FeatureSettings features,
      Optional<EncoderReference> pretrained,
      int classes) {
    if (pretrained.isPresent()) {
      if (!(encoder instanceof EncoderSettings attending)) {
        throw new SerException("A CLDNN takes MFCCs; expected no pretrained encoder");
      }
      int columns = pretrained.get().columns();
      int layers = pretrained.get().layers();
      EncoderSettings spectral = attending.withEnvelope(false);
      return spectral.isFusion()
          ? spectral
              .withFusion(columns, layers)
              .withBandsAndClasses(features.spectralColumns(), classes)
          : spectral.withProjection(columns, layers).withBandsAndClasses(columns, classes);
    }
    if (encoder instanceof EncoderSettings attending
        && (attending.isProjection() || attending.isFusion())) {
      throw new SerException("A projection without a pretrained encoder; expected one");
    }
    return encoder
        .withBandsAndClasses(features.spectralColumns(), classes)
        .withEnvelope(features.hasEnvelope());
  }

  /** The frames of the extraction by which silence is cut off are those of the encoder. */
  private static FeatureSettings framed(FeatureSettings features, EncoderReference reference) {
    int hop = reference.samplesPerFrame();
    int window = Math.max(features.windowLength(), hop);
    int fft = Math.max(features.fftSize(), 2 * Integer.highestOneBit(Math.max(1, window - 1)));
    double highest = Math.min(features.maxHz(), reference.input().sampleRate() / 2.0);
    return new FeatureSettings(
        features.kind(),
        reference.input().sampleRate(),
        fft,
        window,
        hop,
        features.bands(),
        features.coefficients(),
        features.minHz(),
        highest,
        features.melScale(),
        features.slaneyNorm(),
        features.envelope());
  }

  /** Refuses what an encoder's outputs do not follow, and a spectrum's changes without one. */
  private static void requireFit(
      FeatureSettings features,
      TrainingRecipe training,
      EncoderReference reference,
      boolean fusion) {
    Setting pretrained = new Setting("with a pretrained encoder");
    pretrained.require(!features.hasEnvelope(), "features.envelope", true, "false");
    pretrained.require(
        training.gainDb() == 0,
        "training.gainDb",
        training.gainDb(),
        "0, or a gain among training.corruption.steps");
    if (fusion) {
      int rate = reference.input().sampleRate();
      pretrained.require(
          features.sampleRate() == rate,
          "features.sampleRate",
          features.sampleRate(),
          "the encoder's, %d".formatted(rate));
      return;
    }
    pretrained.require(training.melWarp() == 0, "training.melWarp", training.melWarp(), "0");
    pretrained.require(
        training.frequencyMaskBands() == 0,
        "training.frequencyMaskBands",
        training.frequencyMaskBands(),
        "0");
  }

  private static void requireEnvelope(boolean needed, FeatureSettings features, String setting) {
    if (needed && !features.hasEnvelope()) {
      throw new SerException(
          setting + ", which needs the amplitude envelope; expected features.envelope true");
    }
  }
}
