package ser.pipeline.training;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import ser.api.SerException;
import ser.attention.Architecture;
import ser.attention.AttentionSettings;
import ser.attention.CalibrationGate;
import ser.attention.CldnnSettings;
import ser.attention.ClipNormalization;
import ser.attention.EncoderSettings;
import ser.attention.FocusBias;
import ser.attention.FocusSettings;
import ser.attention.LossWeights;
import ser.attention.Variant;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureSettings;
import ser.features.dsp.MelScale;
import ser.features.pretrained.EncoderInput;
import ser.pipeline.json.ArchitectureNames;
import ser.pipeline.json.FileFormat;
import ser.pipeline.json.PretrainedNames;
import ser.pipeline.json.StrictJson;
import ser.pipeline.modelpackage.EncoderReference;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON of a recipe file, version 1. The names here are those in the file; they stay when the
 * settings' own change. Keys may be added, with a default that means what files without them do.
 */
record RecipeJson(
    String format,
    int version,
    ArchitectureJson encoder,
    FeaturesJson features,
    double trim,
    TrainingJson training) {
  static final FileFormat FORMAT = new FileFormat("speech-emotion-recipe", 1);

  private static final ObjectReader READER =
      JsonFile.MAPPER.reader(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /** The classes until the corpus is known. */
  private static final int ANY_CLASSES = 2;

  /** The largest width of a layer that a model package may have, too. */
  private static final int LARGEST_WIDTH = 16_384;

  /** The network; its keys depend on {@link ArchitectureNames#KEY}. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = ArchitectureNames.KEY)
  @JsonSubTypes({
    @JsonSubTypes.Type(value = EncoderJson.class, name = ArchitectureNames.CNN_ATTENTION),
    @JsonSubTypes.Type(value = ProjectionJson.class, name = ArchitectureNames.PROJECTION_ATTENTION),
    @JsonSubTypes.Type(value = FusionJson.class, name = ArchitectureNames.FUSION_ATTENTION),
    @JsonSubTypes.Type(value = CldnnJson.class, name = ArchitectureNames.CLDNN)
  })
  sealed interface ArchitectureJson {
    /** {@return the settings; bands and classes are any that fit} */
    Architecture settings();

    /** {@return the pretrained encoder whose outputs are the features} */
    default Optional<EncoderReference> pretrained() {
      return Optional.empty();
    }

    static ArchitectureJson of(Architecture architecture, Optional<EncoderReference> pretrained) {
      if (architecture instanceof CldnnSettings cldnn) {
        return CldnnJson.of(cldnn);
      }
      EncoderSettings encoder = (EncoderSettings) architecture;
      if (pretrained.isEmpty()) {
        return EncoderJson.of(encoder);
      }
      return encoder.isFusion()
          ? FusionJson.of(encoder, pretrained.get())
          : ProjectionJson.of(encoder, pretrained.get());
    }
  }

  record ProjectionJson(
      @JsonProperty("pretrained") PretrainedJson reference,
      AttentionJson attention,
      int blocks,
      int feedForward,
      int poolingHidden,
      double blockDropout,
      double classifierDropout,
      String normalization)
      implements ArchitectureJson {
    static ProjectionJson of(EncoderSettings encoder, EncoderReference reference) {
      return new ProjectionJson(
          PretrainedJson.of(reference),
          AttentionJson.of(encoder.attention()),
          encoder.blocks(),
          encoder.feedForward(),
          encoder.poolingHidden(),
          encoder.blockDropout(),
          encoder.classifierDropout(),
          text(encoder.normalization()));
    }

    @Override
    public EncoderSettings settings() {
      requireSizes(blocks, feedForward, poolingHidden, blockDropout, classifierDropout);
      return new EncoderSettings(
          reference.settings().columns(),
          0,
          false,
          ANY_CLASSES,
          List.of(),
          List.of(),
          reference.settings().layers(),
          attention.settings(),
          blocks,
          feedForward,
          poolingHidden,
          blockDropout,
          classifierDropout,
          RecipeJson.normalization(normalization));
    }

    @Override
    public Optional<EncoderReference> pretrained() {
      return Optional.of(reference.settings());
    }
  }

  record FusionJson(
      @JsonProperty("pretrained") PretrainedJson reference,
      AttentionJson attention,
      List<Integer> channels,
      List<Integer> timeStrides,
      int blocks,
      int feedForward,
      int poolingHidden,
      double blockDropout,
      double classifierDropout,
      String normalization)
      implements ArchitectureJson {
    static FusionJson of(EncoderSettings encoder, EncoderReference reference) {
      return new FusionJson(
          PretrainedJson.of(reference),
          AttentionJson.of(encoder.attention()),
          encoder.channels(),
          encoder.timeStrides(),
          encoder.blocks(),
          encoder.feedForward(),
          encoder.poolingHidden(),
          encoder.blockDropout(),
          encoder.classifierDropout(),
          text(encoder.normalization()));
    }

    @Override
    public EncoderSettings settings() {
      return new EncoderJson(
              attention,
              channels,
              timeStrides,
              blocks,
              feedForward,
              poolingHidden,
              blockDropout,
              classifierDropout,
              normalization)
          .settings()
          .withFusion(reference.settings().columns(), reference.settings().layers());
    }

    @Override
    public Optional<EncoderReference> pretrained() {
      return Optional.of(reference.settings());
    }
  }

  record PretrainedJson(
      String sha256,
      String input,
      int sampleRate,
      double fullScale,
      String normalization,
      int layers,
      int width,
      int samplesPerFrame) {
    static PretrainedJson of(EncoderReference reference) {
      EncoderInput input = reference.input();
      return new PretrainedJson(
          reference.sha256(),
          PretrainedNames.of(input.kind()),
          input.sampleRate(),
          input.fullScale(),
          PretrainedNames.of(input.normalization()),
          reference.layers(),
          reference.width(),
          reference.samplesPerFrame());
    }

    EncoderReference settings() {
      return new EncoderReference(
          sha256,
          new EncoderInput(
              choice(
                  "encoder.pretrained.input",
                  input,
                  EncoderInput.Kind.values(),
                  PretrainedNames::of),
              sampleRate,
              fullScale,
              choice(
                  "encoder.pretrained.normalization",
                  normalization,
                  EncoderInput.Normalization.values(),
                  PretrainedNames::of)),
          layers,
          width,
          samplesPerFrame);
    }
  }

  private static void requireSizes(
      int blocks,
      int feedForward,
      int poolingHidden,
      double blockDropout,
      double classifierDropout) {
    Setting check = new Setting("encoder");
    check.requireWithin("blocks", blocks, 1, 64);
    check.requireWithin("feedForward", feedForward, 1, LARGEST_WIDTH);
    check.requireWithin("poolingHidden", poolingHidden, 1, LARGEST_WIDTH);
    check.requireBelow("blockDropout", blockDropout, 1);
    check.requireBelow("classifierDropout", classifierDropout, 1);
  }

  private static ClipNormalization normalization(String name) {
    return choice("encoder.normalization", name, ClipNormalization.values(), RecipeJson::text);
  }

  record CldnnJson(int coefficients, int channels, int heads, int hidden, double dropout)
      implements ArchitectureJson {
    static CldnnJson of(CldnnSettings cldnn) {
      return new CldnnJson(
          cldnn.coefficients(), cldnn.channels(), cldnn.heads(), cldnn.hidden(), cldnn.dropout());
    }

    @Override
    public Architecture settings() {
      Setting check = new Setting("encoder");
      check.requireWithin("coefficients", coefficients, 1, LARGEST_WIDTH);
      check.requireWithin("channels", channels, 1, LARGEST_WIDTH);
      check.require(
          heads >= 1 && channels % heads == 0,
          "heads",
          heads,
          "a divisor of the channels, " + channels);
      check.requireWithin("hidden", hidden, 1, LARGEST_WIDTH);
      check.requireBelow("dropout", dropout, 1);
      int bandsOfAnyLayout = coefficients;
      return new CldnnSettings(
          bandsOfAnyLayout, ANY_CLASSES, coefficients, channels, heads, hidden, dropout);
    }
  }

  record EncoderJson(
      AttentionJson attention,
      List<Integer> channels,
      List<Integer> timeStrides,
      int blocks,
      int feedForward,
      int poolingHidden,
      double blockDropout,
      double classifierDropout,
      String normalization)
      implements ArchitectureJson {
    static EncoderJson of(EncoderSettings encoder) {
      return new EncoderJson(
          AttentionJson.of(encoder.attention()),
          encoder.channels(),
          encoder.timeStrides(),
          encoder.blocks(),
          encoder.feedForward(),
          encoder.poolingHidden(),
          encoder.blockDropout(),
          encoder.classifierDropout(),
          text(encoder.normalization()));
    }

    @Override
    public EncoderSettings settings() {
      Setting check = new Setting("encoder");
      check.require(
          !channels.isEmpty()
              && channels.size() <= 8
              && channels.stream().allMatch(RecipeJson::isWidth),
          "channels",
          channels,
          "1 to 8 numbers from 1 to " + LARGEST_WIDTH);
      check.require(
          timeStrides.size() == channels.size()
              && timeStrides.stream().allMatch(stride -> stride == 1 || stride == 2),
          "timeStrides",
          timeStrides,
          "1 or 2 for each of the %d channels".formatted(channels.size()));
      requireSizes(blocks, feedForward, poolingHidden, blockDropout, classifierDropout);
      int bandsOfAnyLayout = 1 << (channels.size() + 1);
      return new EncoderSettings(
          bandsOfAnyLayout,
          0,
          attention.settings().needsEnvelope(),
          ANY_CLASSES,
          channels,
          timeStrides,
          1,
          attention.settings(),
          blocks,
          feedForward,
          poolingHidden,
          blockDropout,
          classifierDropout,
          RecipeJson.normalization(normalization));
    }
  }

  record AttentionJson(
      String variant,
      int width,
      int heads,
      FocusJson focus,
      String calibration,
      int calibrationWindow,
      int calibrationHidden) {
    static AttentionJson of(AttentionSettings attention) {
      return new AttentionJson(
          attention.variant().toString(),
          attention.width(),
          attention.heads(),
          FocusJson.of(attention.focus()),
          text(attention.calibration()),
          attention.calibrationWindow(),
          attention.calibrationHidden());
    }

    AttentionSettings settings() {
      Setting check = new Setting("encoder.attention");
      check.requireWithin("width", width, 1, LARGEST_WIDTH);
      check.require(
          heads >= 1 && width % heads == 0, "heads", heads, "a divisor of the width, " + width);
      check.requireWithin("calibrationWindow", calibrationWindow, 1, LARGEST_WIDTH);
      check.require(
          calibrationWindow % 2 == 1, "calibrationWindow", calibrationWindow, "an odd number");
      check.requireWithin("calibrationHidden", calibrationHidden, 1, LARGEST_WIDTH);
      return new AttentionSettings(
          choice("encoder.attention.variant", variant, Variant.values(), Variant::toString),
          width,
          heads,
          focus.settings(),
          choice(
              "encoder.attention.calibration",
              calibration,
              CalibrationGate.values(),
              RecipeJson::text),
          calibrationWindow,
          calibrationHidden);
    }
  }

  record FocusJson(String bias, double initialWidth) {
    static FocusJson of(FocusSettings focus) {
      return new FocusJson(text(focus.bias()), focus.initialWidth());
    }

    FocusSettings settings() {
      new Setting("encoder.attention.focus")
          .require(
              initialWidth > 0 && initialWidth < 1,
              "initialWidth",
              initialWidth,
              "a number above 0 and below 1");
      return new FocusSettings(
          choice("encoder.attention.focus.bias", bias, FocusBias.values(), RecipeJson::text),
          initialWidth);
    }
  }

  /** Log-mel features: the kind is not a choice, and the number of coefficients has no effect. */
  record FeaturesJson(
      int sampleRate,
      int fftSize,
      int windowLength,
      int hopLength,
      int bands,
      double minHz,
      double maxHz,
      String melScale,
      boolean slaneyNorm,
      boolean envelope) {
    FeatureSettings settings() {
      FeatureSettings defaults = FeatureSettings.defaults(FeatureKind.LOGMEL);
      return new FeatureSettings(
          FeatureKind.LOGMEL,
          sampleRate,
          fftSize,
          windowLength,
          hopLength,
          bands,
          Math.max(1, Math.min(defaults.coefficients(), bands)),
          minHz,
          maxHz,
          choice("features.melScale", melScale, MelScale.values(), RecipeJson::text),
          slaneyNorm,
          envelope);
    }
  }

  record TrainingJson(
      int epochs,
      int batchSize,
      double learningRate,
      double warmup,
      double weightDecay,
      double clipNorm,
      double averageDecay,
      double labelSmoothing,
      List<List<String>> nearLabels,
      double nearLabelSmoothing,
      double mixup,
      List<Double> speeds,
      double melWarp,
      double minCrop,
      int timeMaskFrames,
      int frequencyMaskBands,
      double gainDb,
      double alignmentWeight,
      double contrastiveWeight,
      double centerWeight,
      double adversarialWeight,
      String adversarialDomains,
      CorruptionJson corruption,
      String sampling) {
    static TrainingJson of(TrainingRecipe recipe) {
      return new TrainingJson(
          recipe.epochs(),
          recipe.batchSize(),
          recipe.learningRate(),
          recipe.warmup(),
          recipe.weightDecay(),
          recipe.clipNorm(),
          recipe.averageDecay(),
          recipe.labelSmoothing(),
          recipe.nearLabels(),
          recipe.nearLabelSmoothing(),
          recipe.mixup(),
          recipe.speeds(),
          recipe.melWarp(),
          recipe.minCrop(),
          recipe.timeMaskFrames(),
          recipe.frequencyMaskBands(),
          recipe.gainDb(),
          recipe.lossWeights().alignment(),
          recipe.lossWeights().contrastive(),
          recipe.lossWeights().center(),
          recipe.lossWeights().adversarial(),
          text(recipe.domains()),
          CorruptionJson.of(recipe.corruption()),
          text(recipe.sampling()));
    }

    private LossWeights lossWeights() {
      Setting training = new Setting("training");
      training.requireWithin("alignmentWeight", alignmentWeight, 0, 1000);
      training.requireWithin("contrastiveWeight", contrastiveWeight, 0, 1000);
      training.requireWithin("centerWeight", centerWeight, 0, 1000);
      training.requireWithin("adversarialWeight", adversarialWeight, 0, 1000);
      return new LossWeights(alignmentWeight, contrastiveWeight, centerWeight, adversarialWeight);
    }

    /** Returns the settings by name, as they are read back from a model's description. */
    Map<String, Object> toMap() {
      return JsonFile.MAPPER.convertValue(
          this, new TypeReference<LinkedHashMap<String, Object>>() {});
    }

    TrainingRecipe recipe() {
      return new TrainingRecipe(
          epochs,
          batchSize,
          learningRate,
          warmup,
          weightDecay,
          clipNorm,
          averageDecay,
          labelSmoothing,
          nearLabels,
          nearLabelSmoothing,
          mixup,
          speeds,
          melWarp,
          minCrop,
          timeMaskFrames,
          frequencyMaskBands,
          gainDb,
          lossWeights(),
          choice(
              "training.adversarialDomains",
              adversarialDomains,
              Domains.values(),
              RecipeJson::text),
          corruption.corruption(),
          choice("training.sampling", sampling, Sampling.values(), RecipeJson::text));
    }
  }

  static RecipeJson of(ExperimentSettings settings) {
    FeatureSettings features = settings.features();
    return new RecipeJson(
        FORMAT.name(),
        FORMAT.version(),
        ArchitectureJson.of(settings.encoder(), settings.pretrained()),
        new FeaturesJson(
            features.sampleRate(),
            features.fftSize(),
            features.windowLength(),
            features.hopLength(),
            features.bands(),
            features.minHz(),
            features.maxHz(),
            text(features.melScale()),
            features.slaneyNorm(),
            features.envelope()),
        settings.trim(),
        TrainingJson.of(settings.training()));
  }

  /**
   * Reads a recipe file.
   *
   * @throws SerException when it is not a recipe; names the file and the key
   */
  static ExperimentSettings read(Path file) {
    return read(file, JsonFile.readObject(file));
  }

  /**
   * Reads the bytes of a recipe file.
   *
   * @param file named in messages
   * @throws SerException when they are not a recipe; names the file and the key
   */
  static ExperimentSettings read(Path file, byte[] bytes) {
    return read(file, JsonFile.object(file, bytes));
  }

  private static ExperimentSettings read(Path file, ObjectNode found) {
    // A newer version may well have keys and types that are unknown here.
    FORMAT.versionOf(file, found);
    ObjectNode complete = JsonFile.overlay(file, found, defaults(file, found));
    try {
      return READER.treeToValue(complete, RecipeJson.class).settings(file);
    } catch (JacksonException e) { // of the steps of a corruption, which have no defaults
      throw new SerException("%s: %s".formatted(file, StrictJson.reason(e)), e);
    }
  }

  /**
   * Gives the defaults of a recipe, which depend on its architecture.
   *
   * @param file named in messages
   * @param recipe may leave keys out
   * @return every key with its default
   * @throws SerException when the architecture is unknown
   */
  static ObjectNode defaults(Path file, ObjectNode recipe) {
    ExperimentSettings defaults = ExperimentSettings.defaults();
    JsonNode found = recipe.path("encoder").path(ArchitectureNames.KEY);
    if (found.isMissingNode() || found.asString("").equals(ArchitectureNames.CNN_ATTENTION)) {
      return of(defaults).tree();
    }
    EncoderReference any = EncoderReference.ofAny(EncoderInput.of(EncoderInput.Kind.WAVEFORM));
    if (found.asString("").equals(ArchitectureNames.PROJECTION_ATTENTION)) {
      return of(defaults.withPretrained(any)).tree();
    }
    if (found.asString("").equals(ArchitectureNames.FUSION_ATTENTION)) {
      return of(defaults.withFusion(any)).tree();
    }
    if (found.asString("").equals(ArchitectureNames.CLDNN)) {
      int bands = defaults.features().bands();
      return of(defaults.withEncoder(CldnnSettings.of(bands, ANY_CLASSES))).tree();
    }
    throw new SerException(
        "%s: encoder.%s is %s; expected one of %s"
            .formatted(file, ArchitectureNames.KEY, found, ArchitectureNames.ALL));
  }

  /**
   * Checks the settings.
   *
   * @param file named in messages
   * @throws SerException when one is out of its range; names the file and the key
   */
  ExperimentSettings settings(Path file) {
    try {
      return settings();
    } catch (SerException e) {
      throw new SerException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  String text() {
    return JsonFile.text(this);
  }

  ObjectNode tree() {
    return JsonFile.tree(this);
  }

  private ExperimentSettings settings() {
    return new ExperimentSettings(
        encoder.settings(), features.settings(), trim, training.recipe(), encoder.pretrained());
  }

  private static boolean isWidth(int number) {
    return number >= 1 && number <= LARGEST_WIDTH;
  }

  static String text(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static <E extends Enum<E>> E choice(
      String key, String found, E[] values, Function<E, String> name) {
    return Arrays.stream(values)
        .filter(value -> name.apply(value).equals(found))
        .findFirst()
        .orElseThrow(
            () ->
                new SerException(
                    "%s is '%s'; expected one of %s"
                        .formatted(key, found, Arrays.stream(values).map(name).toList())));
  }
}
