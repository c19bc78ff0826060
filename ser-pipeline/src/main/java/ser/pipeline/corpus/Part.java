package ser.pipeline.corpus;

/** A part of a division of a corpus that its publisher gives. */
public enum Part {
  /** Trained on. */
  TRAIN,
  /** Kept out of training, for model selection. */
  DEVELOPMENT,
  /** Tested. */
  TEST
}
