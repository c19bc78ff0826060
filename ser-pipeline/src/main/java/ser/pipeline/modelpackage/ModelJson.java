package ser.pipeline.modelpackage;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import ser.api.ModelException;
import ser.attention.Architecture;
import ser.attention.AttentionSettings;
import ser.attention.CalibrationGate;
import ser.attention.CldnnSettings;
import ser.attention.ClipNormalization;
import ser.attention.EncoderSettings;
import ser.attention.FocusBias;
import ser.attention.FocusSettings;
import ser.attention.Variant;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureSettings;
import ser.features.dsp.MelScale;
import ser.features.pretrained.EncoderInput;
import ser.pipeline.json.ArchitectureNames;
import ser.pipeline.json.PretrainedNames;
import ser.pipeline.json.StrictJson;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The format of {@code model.json}, version 4. The names and types here are those of the file,
 * whatever the settings they are mapped to are called; renaming one is a new version.
 */
record ModelJson(
    String format,
    int version,
    List<String> labels,
    Network encoder,
    Features features,
    double trim,
    Normalization standardization,
    String weightsSha256,
    Training training,
    Confidence calibration,
    Map<String, List<Double>> clips,
    String descriptionSha256) {

  /**
   * The architecture; its fields depend on {@link ArchitectureNames#KEY}, which earlier files lack.
   */
  @JsonTypeInfo(
      use = JsonTypeInfo.Id.NAME,
      property = ArchitectureNames.KEY,
      defaultImpl = Encoder.class)
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Encoder.class, name = ArchitectureNames.CNN_ATTENTION),
    @JsonSubTypes.Type(value = Projection.class, name = ArchitectureNames.PROJECTION_ATTENTION),
    @JsonSubTypes.Type(value = Fusion.class, name = ArchitectureNames.FUSION_ATTENTION),
    @JsonSubTypes.Type(value = Cldnn.class, name = ArchitectureNames.CLDNN)
  })
  sealed interface Network {
    static Network of(Architecture architecture, Optional<EncoderReference> pretrained) {
      if (architecture instanceof CldnnSettings cldnn) {
        return new Cldnn(
            cldnn.bands(),
            cldnn.classes(),
            cldnn.coefficients(),
            cldnn.channels(),
            cldnn.heads(),
            cldnn.hidden(),
            cldnn.dropout());
      }
      EncoderSettings encoder = (EncoderSettings) architecture;
      if (pretrained.isEmpty()) {
        return Encoder.of(encoder);
      }
      return encoder.isFusion()
          ? Fusion.of(encoder, pretrained.get())
          : Projection.of(encoder, pretrained.get());
    }

    /** Returns the settings, for features with or without the envelope. */
    Architecture settings(boolean envelope);

    /** Returns the pretrained encoder whose outputs are the features. */
    default Optional<EncoderReference> reference() {
      return Optional.empty();
    }
  }

  /** An encoder of a projection, on a pretrained encoder. */
  record Projection(
      int classes,
      Pretrained pretrained,
      Attention attention,
      int blocks,
      int feedForward,
      int poolingHidden,
      double blockDropout,
      double classifierDropout,
      String normalization)
      implements Network {
    static Projection of(EncoderSettings encoder, EncoderReference reference) {
      return new Projection(
          encoder.classes(),
          Pretrained.of(reference),
          Attention.of(encoder.attention()),
          encoder.blocks(),
          encoder.feedForward(),
          encoder.poolingHidden(),
          encoder.blockDropout(),
          encoder.classifierDropout(),
          name(encoder.normalization()));
    }

    @Override
    public Architecture settings(boolean envelope) {
      EncoderReference reference = pretrained.reference();
      return new EncoderSettings(
          reference.columns(),
          0,
          envelope,
          classes,
          List.of(),
          List.of(),
          reference.layers(),
          attention.settings(),
          blocks,
          feedForward,
          poolingHidden,
          blockDropout,
          classifierDropout,
          constant(ClipNormalization.values(), ModelJson::name, normalization));
    }

    @Override
    public Optional<EncoderReference> reference() {
      return Optional.of(pretrained.reference());
    }
  }

  /** An encoder of convolutions and, beside them, a projection, on a pretrained encoder. */
  record Fusion(
      int bands,
      int classes,
      Pretrained pretrained,
      List<Integer> channels,
      List<Integer> timeStrides,
      Attention attention,
      int blocks,
      int feedForward,
      int poolingHidden,
      double blockDropout,
      double classifierDropout,
      String normalization)
      implements Network {
    static Fusion of(EncoderSettings encoder, EncoderReference reference) {
      return new Fusion(
          encoder.bands(),
          encoder.classes(),
          Pretrained.of(reference),
          encoder.channels(),
          encoder.timeStrides(),
          Attention.of(encoder.attention()),
          encoder.blocks(),
          encoder.feedForward(),
          encoder.poolingHidden(),
          encoder.blockDropout(),
          encoder.classifierDropout(),
          name(encoder.normalization()));
    }

    @Override
    public Architecture settings(boolean envelope) {
      EncoderReference reference = pretrained.reference();
      return new Encoder(
              bands,
              classes,
              channels,
              timeStrides,
              attention,
              blocks,
              feedForward,
              poolingHidden,
              blockDropout,
              classifierDropout,
              normalization)
          .settings(envelope)
          .withFusion(reference.columns(), reference.layers());
    }

    @Override
    public Optional<EncoderReference> reference() {
      return Optional.of(pretrained.reference());
    }
  }

  record Pretrained(
      String sha256,
      String input,
      int sampleRate,
      double fullScale,
      String normalization,
      int layers,
      int width,
      int samplesPerFrame) {
    static Pretrained of(EncoderReference reference) {
      EncoderInput input = reference.input();
      return new Pretrained(
          reference.sha256(),
          PretrainedNames.of(input.kind()),
          input.sampleRate(),
          input.fullScale(),
          PretrainedNames.of(input.normalization()),
          reference.layers(),
          reference.width(),
          reference.samplesPerFrame());
    }

    EncoderReference reference() {
      return new EncoderReference(
          sha256,
          new EncoderInput(
              constant(EncoderInput.Kind.values(), PretrainedNames::of, input),
              sampleRate,
              fullScale,
              constant(EncoderInput.Normalization.values(), PretrainedNames::of, normalization)),
          layers,
          width,
          samplesPerFrame);
    }
  }

  record Cldnn(
      int bands, int classes, int coefficients, int channels, int heads, int hidden, double dropout)
      implements Network {
    @Override
    public Architecture settings(boolean envelope) {
      return new CldnnSettings(bands, classes, coefficients, channels, heads, hidden, dropout)
          .withEnvelope(envelope);
    }
  }

  record Encoder(
      int bands,
      int classes,
      List<Integer> channels,
      List<Integer> timeStrides,
      Attention attention,
      int blocks,
      int feedForward,
      int poolingHidden,
      double blockDropout,
      double classifierDropout,
      String normalization)
      implements Network {
    static Encoder of(EncoderSettings encoder) {
      return new Encoder(
          encoder.bands(),
          encoder.classes(),
          encoder.channels(),
          encoder.timeStrides(),
          Attention.of(encoder.attention()),
          encoder.blocks(),
          encoder.feedForward(),
          encoder.poolingHidden(),
          encoder.blockDropout(),
          encoder.classifierDropout(),
          name(encoder.normalization()));
    }

    @Override
    public EncoderSettings settings(boolean envelope) {
      return new EncoderSettings(
          bands,
          0,
          envelope,
          classes,
          channels,
          timeStrides,
          1,
          attention.settings(),
          blocks,
          feedForward,
          poolingHidden,
          blockDropout,
          classifierDropout,
          constant(ClipNormalization.values(), ModelJson::name, normalization));
    }
  }

  record Attention(
      String variant,
      int width,
      int heads,
      Focus focus,
      String calibration,
      int calibrationWindow,
      int calibrationHidden) {
    static Attention of(AttentionSettings attention) {
      return new Attention(
          attention.variant().toString(),
          attention.width(),
          attention.heads(),
          new Focus(name(attention.focus().bias()), attention.focus().initialWidth()),
          name(attention.calibration()),
          attention.calibrationWindow(),
          attention.calibrationHidden());
    }

    AttentionSettings settings() {
      return new AttentionSettings(
          Variant.named(variant),
          width,
          heads,
          new FocusSettings(
              constant(FocusBias.values(), ModelJson::name, focus.bias), focus.initialWidth),
          constant(CalibrationGate.values(), ModelJson::name, calibration),
          calibrationWindow,
          calibrationHidden);
    }
  }

  record Focus(String bias, double initialWidth) {}

  record Features(
      String kind,
      int sampleRate,
      int fftSize,
      int windowLength,
      int hopLength,
      int bands,
      int coefficients,
      double minHz,
      double maxHz,
      String melScale,
      boolean slaneyNorm,
      boolean envelope) {}

  record Confidence(
      double temperature,
      double threshold,
      double risk,
      double coverage,
      int clips,
      int speakers,
      List<Double> neutral,
      double adjustedTemperature,
      double adjustedThreshold,
      double adjustedCoverage) {
    static Confidence of(Calibration calibration) {
      AdjustedCalibration adjusted =
          calibration
              .adjusted()
              .orElseGet(() -> unadjusted(calibration.threshold(), calibration.coverage()));
      return new Confidence(
          calibration.temperature(),
          calibration.threshold(),
          calibration.risk(),
          calibration.coverage(),
          calibration.clips(),
          calibration.speakers(),
          adjusted.neutral(),
          adjusted.temperature(),
          adjusted.threshold(),
          adjusted.coverage());
    }

    /** Returns the values that a file without neutral logits has. */
    private static AdjustedCalibration unadjusted(double threshold, double coverage) {
      return new AdjustedCalibration(List.of(), 1, threshold, coverage);
    }

    Calibration calibration() {
      return new Calibration(
          temperature,
          threshold,
          risk,
          coverage,
          clips,
          speakers,
          neutral.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  new AdjustedCalibration(
                      neutral, adjustedTemperature, adjustedThreshold, adjustedCoverage)));
    }
  }

  record Normalization(List<Float> mean, List<Float> deviation) {}

  record Training(
      String corpus,
      String protocol,
      int fold,
      Map<String, List<String>> trainSpeakers,
      Map<String, List<String>> developmentSpeakers,
      Map<String, List<String>> testSpeakers,
      String dataHash,
      String recordings,
      Map<String, Object> recipe,
      long seed,
      int epochs,
      Map<String, String> versions,
      Map<String, Double> metrics) {}

  /** The fields of every version, which are checked before the others are read. */
  record Version(String format, int version) {
    Version {
      ModelDescription.requireVersion(format, version);
    }
  }

  private static final String NORMALIZATION = "normalization";
  private static final String CALIBRATION = "calibration";
  private static final String NEUTRAL = "neutral";
  private static final String CLIPS = "clips";

  private static final List<String> PARTS =
      List.of("trainSpeakers", "developmentSpeakers", "testSpeakers");

  /**
   * A description that was read.
   *
   * @param stated the digest that it states; empty in version 1, which had none
   * @param digest the digest of what was read
   */
  record Content(ModelDescription description, Optional<String> stated, String digest) {}

  /**
   * Reads a description. Its digest is not checked here.
   *
   * @throws JacksonException when it is not JSON, or a field is missing or of another type
   * @throws ser.api.SerException when the values do not fit together
   */
  static Content read(byte[] json) {
    JsonNode tree = StrictJson.MAPPER.readTree(json);
    if (!(tree instanceof ObjectNode object)) {
      throw new ModelException("it is %s; expected a JSON object".formatted(kind(tree)));
    }
    int version = StrictJson.MAPPER.treeToValue(object, Version.class).version;
    ModelJson model = StrictJson.MAPPER.treeToValue(upgraded(object, version), ModelJson.class);
    return new Content(
        model.description(),
        version == 1 ? Optional.empty() : Optional.of(model.descriptionSha256),
        DescriptionDigest.of(object));
  }

  private static String kind(JsonNode tree) {
    return tree.isMissingNode() ? "empty" : tree.isNull() ? "null" : "no object";
  }

  /** Returns a description as JSON. */
  static byte[] write(ModelDescription description) {
    // Read back, so that the digest is over numbers as a reader finds them.
    ObjectNode object =
        (ObjectNode)
            StrictJson.MAPPER.readTree(StrictJson.MAPPER.writeValueAsBytes(of(description)));
    if (description.version() < 4) {
      downgradeToThird(object);
    }
    if (description.version() < 3) {
      downgradeToSecond(object);
    }
    if (description.version() == 1) {
      downgradeToFirst(object);
    } else {
      object.put(DescriptionDigest.KEY, DescriptionDigest.of(object));
    }
    return StrictJson.MAPPER.writeValueAsBytes(object);
  }

  private static ObjectNode upgraded(ObjectNode object, int version) {
    ObjectNode newest = object.deepCopy();
    if (version == 1) {
      upgradeFirst(newest);
    }
    if (version < 3) {
      upgradeSecond(newest);
    }
    if (newest.path("encoder") instanceof ObjectNode encoder) {
      requireKnown(encoder.path(ArchitectureNames.KEY));
    }
    if (version < 4) {
      upgradeThird(newest);
    }
    if (newest.path(CALIBRATION) instanceof ObjectNode calibration) {
      complete(calibration);
    }
    return newest;
  }

  /** The first files of version 4 had no neutral logits, the next no adjusted calibration. */
  private static void complete(ObjectNode calibration) {
    if (!calibration.has(NEUTRAL)) {
      calibration.putArray(NEUTRAL);
    }
    if (!calibration.has("adjustedTemperature")) {
      calibration.put("adjustedTemperature", 1.0);
      calibration.set("adjustedThreshold", calibration.path("threshold"));
      calibration.set("adjustedCoverage", calibration.path("coverage"));
    }
  }

  private static void requireKnown(JsonNode architecture) {
    List<String> known = ArchitectureNames.ALL;
    if (architecture.isString() && !known.contains(architecture.stringValue())) {
      throw new ModelException(
          "encoder.%s %s; expected one of %s"
              .formatted(ArchitectureNames.KEY, architecture, known));
    }
  }

  /** Version 3 had no normalisation and no ranges of clips, and no calibration. */
  private static void upgradeThird(ObjectNode third) {
    if (third.path("encoder") instanceof ObjectNode encoder) {
      encoder.put(NORMALIZATION, name(ClipNormalization.NONE));
    }
    third.putObject(CLIPS);
    third.set(CALIBRATION, StrictJson.MAPPER.valueToTree(Confidence.of(Calibration.none())));
  }

  private static void downgradeToThird(ObjectNode fourth) {
    ((ObjectNode) fourth.get("encoder")).remove(NORMALIZATION);
    fourth.remove(CALIBRATION);
    fourth.remove(CLIPS);
  }

  /** Version 2 had one bias of Focus-Attention, with one initial width, and no envelope. */
  private static void upgradeSecond(ObjectNode second) {
    if (second.path("encoder").path("attention") instanceof ObjectNode attention) {
      FocusSettings focus = FocusSettings.defaults();
      attention
          .putObject("focus")
          .put("bias", name(focus.bias()))
          .put("initialWidth", focus.initialWidth());
    }
    if (second.path("features") instanceof ObjectNode features) {
      features.put("envelope", false);
    }
  }

  private static void downgradeToSecond(ObjectNode third) {
    ((ObjectNode) third.get("encoder")).remove(ArchitectureNames.KEY);
    ((ObjectNode) third.get("encoder").get("attention")).remove("focus");
    ((ObjectNode) third.get("features")).remove("envelope");
  }

  /**
   * Version 1 had no digest of the description, no recordings, and lists of speakers of its one
   * corpus; its constants were in capitals.
   */
  private static void upgradeFirst(ObjectNode second) {
    second.put(DescriptionDigest.KEY, "");
    if (second.get("training") instanceof ObjectNode training) {
      training.put("recordings", "");
      String corpus = training.path("corpus").asString("");
      for (String part : PARTS) {
        if (training.get(part) instanceof ArrayNode speakers) {
          training.putObject(part).set(corpus, speakers);
        }
      }
    }
  }

  private static void downgradeToFirst(ObjectNode second) {
    second.remove(DescriptionDigest.KEY);
    ObjectNode training = (ObjectNode) second.get("training");
    training.remove("recordings");
    for (String part : PARTS) {
      ArrayNode speakers = StrictJson.MAPPER.createArrayNode();
      training.get(part).forEach(ofCorpus -> ofCorpus.forEach(speakers::add));
      training.set(part, speakers);
    }
    inCapitals((ObjectNode) second.get("encoder").get("attention"), "calibration");
    inCapitals((ObjectNode) second.get("features"), "kind");
    inCapitals((ObjectNode) second.get("features"), "melScale");
  }

  private static void inCapitals(ObjectNode object, String key) {
    String name = object.get(key).stringValue();
    object.put(key, name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  private static ModelJson of(ModelDescription from) {
    FeatureSettings features = from.features();
    TrainingRecord training = from.training();
    return new ModelJson(
        from.format(),
        from.version(),
        from.labels(),
        Network.of(from.encoder(), from.pretrained()),
        new Features(
            name(features.kind()),
            features.sampleRate(),
            features.fftSize(),
            features.windowLength(),
            features.hopLength(),
            features.bands(),
            features.coefficients(),
            features.minHz(),
            features.maxHz(),
            name(features.melScale()),
            features.slaneyNorm(),
            features.envelope()),
        from.trim(),
        new Normalization(from.standardization().mean(), from.standardization().deviation()),
        from.weightsSha256(),
        new Training(
            training.corpus(),
            training.protocol(),
            training.fold(),
            training.trainSpeakers(),
            training.developmentSpeakers(),
            training.testSpeakers(),
            training.dataHash(),
            base64(training.recordings()),
            training.recipe(),
            training.seed(),
            training.epochs(),
            training.versions(),
            training.metrics()),
        Confidence.of(from.calibration()),
        clips(from.clips()),
        "");
  }

  private static String base64(Optional<RecordingDigests> recordings) {
    return recordings.map(list -> Base64.getEncoder().encodeToString(list.toBytes())).orElse("");
  }

  private static RecordingDigests recordings(String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new ModelException("training.recordings is not Base64", e);
    }
    return RecordingDigests.ofBytes(bytes);
  }

  private ModelDescription description() {
    return new ModelDescription(
        format,
        version,
        labels,
        encoder.settings(features.envelope),
        new FeatureSettings(
            constant(FeatureKind.values(), ModelJson::name, features.kind),
            features.sampleRate,
            features.fftSize,
            features.windowLength,
            features.hopLength,
            features.bands,
            features.coefficients,
            features.minHz,
            features.maxHz,
            constant(MelScale.values(), ModelJson::name, features.melScale),
            features.slaneyNorm,
            features.envelope),
        encoder.reference(),
        trim,
        new Standardization(standardization.mean, standardization.deviation),
        weightsSha256,
        new TrainingRecord(
            training.corpus,
            training.protocol,
            training.fold,
            training.trainSpeakers,
            training.developmentSpeakers,
            training.testSpeakers,
            training.dataHash,
            version == 1 ? Optional.empty() : Optional.of(recordings(training.recordings)),
            training.recipe,
            training.seed,
            training.epochs,
            training.versions,
            training.metrics),
        calibration.calibration(),
        ranges());
  }

  private static Map<String, List<Double>> clips(ClipRanges clips) {
    Map<String, List<Double>> json = new LinkedHashMap<>();
    clips
        .ranges()
        .forEach((measure, range) -> json.put(measure.key(), List.of(range.low(), range.high())));
    return json;
  }

  private ClipRanges ranges() {
    Map<ClipMeasure, ClipRanges.Range> ranges = new EnumMap<>(ClipMeasure.class);
    clips.forEach(
        (key, range) -> {
          ClipMeasure measure =
              ClipMeasure.named(key)
                  .orElseThrow(() -> new ModelException("clips has an unknown " + key));
          if (range.size() != 2) {
            throw new ModelException(
                "clips.%s has %d numbers; expected two".formatted(key, range.size()));
          }
          ranges.put(measure, new ClipRanges.Range(range.get(0), range.get(1)));
        });
    return new ClipRanges(ranges);
  }

  private static String name(CalibrationGate gate) {
    return switch (gate) {
      case WINDOWED -> "windowed";
      case UTTERANCE -> "utterance";
      case HEAD_SOFTMAX -> "head-softmax";
      case CBAM_CHANNEL -> "cbam-channel";
      case CBAM -> "cbam";
    };
  }

  private static String name(FocusBias bias) {
    return switch (bias) {
      case LEARNT_CENTRE -> "learnt-centre";
      case LOCAL_CENTRE -> "local-centre";
      case PEAK_CENTRE -> "peak-centre";
      case AMPLITUDE -> "amplitude";
    };
  }

  private static String name(ClipNormalization normalization) {
    return switch (normalization) {
      case NONE -> "none";
      case LEVEL -> "level";
      case CHANNEL -> "channel";
    };
  }

  private static String name(FeatureKind kind) {
    return switch (kind) {
      case LOGMEL -> "logmel";
      case MFCC -> "mfcc";
      case RMS -> "rms";
    };
  }

  private static String name(MelScale scale) {
    return switch (scale) {
      case SLANEY -> "slaney";
      case HTK -> "htk";
    };
  }

  /** In capitals, as version 1 has them, or not. */
  private static <E> E constant(E[] constants, Function<E, String> name, String text) {
    String plain = text.toLowerCase(Locale.ROOT).replace('_', '-');
    return Arrays.stream(constants)
        .filter(constant -> name.apply(constant).equals(plain))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelException(
                    "'%s'; expected one of %s"
                        .formatted(text, Arrays.stream(constants).map(name).toList())));
  }
}
