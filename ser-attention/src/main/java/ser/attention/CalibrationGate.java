package ser.attention;

/** The gate of Calibration-Attention: its temporal context and its normalisation over heads. */
public enum CalibrationGate {
  /** Sigmoid gates for each step, computed from a window of steps around it: the default. */
  WINDOWED,
  /** Sigmoid gates for the whole clip, computed from all valid steps. */
  UTTERANCE,
  /** As {@link #WINDOWED}, with a softmax over heads: the gates of a step sum to H. */
  HEAD_SOFTMAX
}
