package ser.pipeline.training;

/** Which clips an epoch takes. */
public enum Sampling {
  /** Each clip once. */
  ALL,
  /**
   * As many draws as there are clips, such that each corpus is drawn equally often, in a corpus
   * each class, in a class each speaker, and each clip of that speaker.
   */
  BALANCED
}
