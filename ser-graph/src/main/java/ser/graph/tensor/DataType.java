package ser.graph.tensor;

/** The element types of tensors. */
public enum DataType {
  /** IEEE 754 single precision. */
  FLOAT32("float32", Float.BYTES),
  /** Signed 64-bit integers: lengths, positions and labels. */
  INT64("int64", Long.BYTES);

  private final String text;
  private final int bytes;

  DataType(String text, int bytes) {
    this.text = text;
    this.bytes = bytes;
  }

  /** {@return the bytes one element takes} */
  public int bytes() {
    return bytes;
  }

  /** The name as it stands in graph texts: {@code float32} or {@code int64}. */
  @Override
  public String toString() {
    return text;
  }
}
