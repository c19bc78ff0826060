package ser.attention;

/** How Calibration-Attention summarises the heads and turns the summary into weights. */
public enum Calibration {
  /** Each step's weights come from the steps around it: the default. */
  WINDOWED,
  /** One set of weights for the whole clip. */
  UTTERANCE,
  /** As {@link #WINDOWED}, but the heads compete: the weights of a step sum to H. */
  HEAD_SOFTMAX
}
