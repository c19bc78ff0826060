package ser.pipeline.modelpackage;

import com.fasterxml.jackson.annotation.Nulls;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import ser.api.ModelException;
import ser.attention.AttentionSettings;
import ser.attention.CalibrationGate;
import ser.attention.EncoderSettings;
import ser.attention.Variant;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureSettings;
import ser.features.dsp.MelScale;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * The format of {@code model.json}, version 1. The names and types here are those of the file,
 * whatever the settings they are mapped to are called; renaming one is a new version.
 */
record ModelJson(
    String format,
    int version,
    List<String> labels,
    Encoder encoder,
    Features features,
    double trim,
    Normalization standardization,
    String weightsSha256,
    Training training) {

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
      double classifierDropout) {}

  record Attention(
      String variant,
      int width,
      int heads,
      String calibration,
      int calibrationWindow,
      int calibrationHidden) {}

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
      boolean slaneyNorm) {}

  record Normalization(List<Float> mean, List<Float> deviation) {}

  record Training(
      String corpus,
      String protocol,
      int fold,
      List<String> trainSpeakers,
      List<String> developmentSpeakers,
      List<String> testSpeakers,
      String dataHash,
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

  private static final int DEEPEST = 32;

  /** Strict: what the format calls an integer, a number or a text must be one. */
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                  .build())
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              config ->
                  config
                      .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .changeDefaultNullHandling(handling -> handling.withContentNulls(Nulls.FAIL))
          .build();

  /**
   * Reads a description.
   *
   * @throws JacksonException when it is not JSON, or a field is missing or of another type
   * @throws ser.api.SerException when the values do not fit together
   */
  static ModelDescription read(byte[] json) {
    if (JSON.readValue(json, Version.class) == null) {
      throw new ModelException("it is null");
    }
    return JSON.readValue(json, ModelJson.class).description();
  }

  /** Returns a description as JSON. */
  static byte[] write(ModelDescription description) {
    return JSON.writeValueAsBytes(of(description));
  }

  private static ModelJson of(ModelDescription from) {
    EncoderSettings encoder = from.encoder();
    AttentionSettings attention = encoder.attention();
    FeatureSettings features = from.features();
    TrainingRecord training = from.training();
    return new ModelJson(
        from.format(),
        from.version(),
        from.labels(),
        new Encoder(
            encoder.bands(),
            encoder.classes(),
            encoder.channels(),
            encoder.timeStrides(),
            new Attention(
                attention.variant().toString(),
                attention.width(),
                attention.heads(),
                name(attention.calibration()),
                attention.calibrationWindow(),
                attention.calibrationHidden()),
            encoder.blocks(),
            encoder.feedForward(),
            encoder.poolingHidden(),
            encoder.blockDropout(),
            encoder.classifierDropout()),
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
            features.slaneyNorm()),
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
            training.recipe(),
            training.seed(),
            training.epochs(),
            training.versions(),
            training.metrics()));
  }

  private ModelDescription description() {
    return new ModelDescription(
        format,
        version,
        labels,
        new EncoderSettings(
            encoder.bands,
            encoder.classes,
            encoder.channels,
            encoder.timeStrides,
            new AttentionSettings(
                Variant.named(encoder.attention.variant),
                encoder.attention.width,
                encoder.attention.heads,
                constant(CalibrationGate.values(), ModelJson::name, encoder.attention.calibration),
                encoder.attention.calibrationWindow,
                encoder.attention.calibrationHidden),
            encoder.blocks,
            encoder.feedForward,
            encoder.poolingHidden,
            encoder.blockDropout,
            encoder.classifierDropout),
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
            features.slaneyNorm),
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
            training.recipe,
            training.seed,
            training.epochs,
            training.versions,
            training.metrics));
  }

  private static String name(CalibrationGate gate) {
    return switch (gate) {
      case WINDOWED -> "WINDOWED";
      case UTTERANCE -> "UTTERANCE";
      case HEAD_SOFTMAX -> "HEAD_SOFTMAX";
    };
  }

  private static String name(FeatureKind kind) {
    return switch (kind) {
      case LOGMEL -> "LOGMEL";
      case MFCC -> "MFCC";
      case RMS -> "RMS";
    };
  }

  private static String name(MelScale scale) {
    return switch (scale) {
      case SLANEY -> "SLANEY";
      case HTK -> "HTK";
    };
  }

  private static <E> E constant(E[] constants, Function<E, String> name, String text) {
    return Arrays.stream(constants)
        .filter(constant -> name.apply(constant).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelException(
                    "'%s'; expected one of %s"
                        .formatted(text, Arrays.stream(constants).map(name).toList())));
  }
}
