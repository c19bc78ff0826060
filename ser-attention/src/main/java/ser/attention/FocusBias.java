package ser.attention;

/** The bias that Focus-Attention adds to the scores. */
public enum FocusBias {
  /**
   * A Gaussian whose centre and width each query predicts, P = L · sigmoid(c · u_p), after Yang et
   * al. (2018): the default. It starts near the middle of the clip.
   */
  LEARNT_CENTRE,
  /**
   * A Gaussian around the query's own position i with a learnt shift, P = i + L/2 · tanh(c · u_p):
   * local attention, after Luong et al. (2015, local-p) and Yang et al. (2018). It starts at i.
   */
  LOCAL_CENTRE,
  /**
   * A Gaussian around the clip's loudest step m with a learnt shift, P = m + L/2 · tanh(c · u_p):
   * the largest amplitude as the focus, by construction. It starts at m for every query. Needs the
   * amplitude envelope.
   */
  PEAK_CENTRE,
  /**
   * No Gaussian: a_h · ln(RMS_j), with one learnt factor for each head, so that the attention is
   * proportional to RMS_j to the power of a_h. a_h starts at 0, which is plain self-attention.
   * Needs the amplitude envelope.
   */
  AMPLITUDE;

  /** {@return whether it is computed from the amplitude envelope} */
  public boolean needsEnvelope() {
    return this == PEAK_CENTRE || this == AMPLITUDE;
  }

  /** {@return whether it is a Gaussian, with a centre and a width for each query} */
  public boolean isGaussian() {
    return this != AMPLITUDE;
  }
}
