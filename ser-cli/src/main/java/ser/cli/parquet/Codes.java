package ser.cli.parquet;

/** Numbers that stand for something in Parquet's headers ({@code parquet.thrift}). */
final class Codes {
  /** PageType. */
  static final int DATA_PAGE = 0;

  /** Encoding: values one after the other. */
  static final int PLAIN = 0;

  /** Encoding: runs and packed bits, for levels. */
  static final int RLE = 3;

  /** FieldRepetitionType: a value may be missing. */
  static final int OPTIONAL = 1;

  /** ConvertedType, for readers that do not know LogicalType. */
  static final int UTF8 = 0;

  /** CompressionCodec: none, which every reader knows. */
  static final int UNCOMPRESSED = 0;

  private Codes() {}
}
