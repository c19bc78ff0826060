package ser.attention;

/** The gate of Calibration-Attention: its context, its normalisation and the place it acts on. */
public enum CalibrationGate {
  /** Sigmoid gates for each step, computed from a window of steps around it: the default. */
  WINDOWED,
  /** Sigmoid gates for the whole clip, computed from all valid steps. */
  UTTERANCE,
  /** As {@link #WINDOWED}, with a softmax over heads: the gates of a step sum to H. */
  HEAD_SOFTMAX,
  /**
   * The channel gate of CBAM (Woo et al. 2018, equation 2) on the attention maps, with the heads as
   * channels: σ(MLP(mean of A) + MLP(max of A)) for each head of a clip, over its T × T attention
   * weights, by one shared MLP H → H → H.
   *
   * <p>The rows of a softmax sum to 1, so that the mean of a map is 1/L whatever the attention: the
   * maximum alone tells heads apart.
   */
  CBAM_CHANNEL,
  /**
   * {@link #CBAM_CHANNEL}, followed by the spatial gate of CBAM (equation 3): σ(7 × 7 convolution
   * of [max over heads; mean over heads]) for each query and key.
   */
  CBAM;

  /**
   * Returns whether the gate acts on the attention maps. Such an attention is computed with tensors
   * of T × T elements and is never folded.
   *
   * @return true for {@link #CBAM_CHANNEL} and {@link #CBAM}
   */
  public boolean gatesMaps() {
    return this == CBAM_CHANNEL || this == CBAM;
  }
}
