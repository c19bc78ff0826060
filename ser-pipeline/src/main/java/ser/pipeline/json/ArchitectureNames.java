package ser.pipeline.json;

import java.util.List;

/** The names of each {@link ser.attention.Architecture} in {@code model.json} and recipes. */
public final class ArchitectureNames {
  /** The key, beside those of the architecture's settings. */
  public static final String KEY = "architecture";

  /** {@link ser.attention.EncoderSettings}; meant where the key is missing. */
  public static final String CNN_ATTENTION = "cnn-attention";

  /** {@link ser.attention.EncoderSettings} of a projection, on a pretrained encoder. */
  public static final String PROJECTION_ATTENTION = "projection-attention";

  /**
   * {@link ser.attention.EncoderSettings} of convolutions of log-mel features and a projection of a
   * pretrained encoder's outputs.
   */
  public static final String FUSION_ATTENTION = "fusion-attention";

  /** {@link ser.attention.CldnnSettings}. */
  public static final String CLDNN = "cldnn";

  /** All names. */
  public static final List<String> ALL =
      List.of(CNN_ATTENTION, PROJECTION_ATTENTION, FUSION_ATTENTION, CLDNN);

  private ArchitectureNames() {}
}
