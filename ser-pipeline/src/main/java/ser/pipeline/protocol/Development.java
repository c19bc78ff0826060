package ser.pipeline.protocol;

/** The source of a fold's development part. */
public enum Development {
  /** The group that the next fold tests, taken out of training. */
  NEXT_GROUP,
  /** No development part: all that is not tested is trained on, for a training of fixed length. */
  NONE
}
