package ser.cli.parquet;

/**
 * A column of a table; each of its values may be missing.
 *
 * @param name unique in the table
 * @param type what its values are
 */
public record Column(String name, Type type) {
  /** The type of a column's values. */
  public enum Type {
    /** {@link String}, in UTF-8. */
    STRING(6),
    /** {@link Integer}, 32 bits. */
    INTEGER(1),
    /** {@link Float}, 32 bits. */
    FLOAT(4),
    /** {@link Double}, 64 bits. */
    DOUBLE(5);

    /** The number of the physical type in the format. */
    final int code;

    Type(int code) {
      this.code = code;
    }
  }
}
