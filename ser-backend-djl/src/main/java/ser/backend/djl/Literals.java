package ser.backend.djl;

import java.util.Locale;
import ser.graph.ir.Op;
import ser.graph.tensor.DataType;

/** Constants and element types as TorchScript writes them. */
final class Literals {
  private Literals() {}

  /** A constant as a number. */
  static String number(Op.Constant constant) {
    if (constant.dataType() == DataType.INT64) {
      return Long.toString((long) constant.value());
    }
    if (!Double.isFinite(constant.value())) {
      return "float(\"%s\")"
          .formatted(
              Double.toString(constant.value())
                  .replace("Infinity", "inf")
                  .toLowerCase(Locale.ROOT));
    }
    return Double.toString(constant.value());
  }

  /** A constant as a tensor of rank 0. */
  static String tensor(Op.Constant constant) {
    return "torch.tensor(%s, dtype=%d, device=device)"
        .formatted(number(constant), typeCode(constant.dataType()));
  }

  /** The number of an element type in PyTorch's {@code ScalarType}. */
  static int typeCode(DataType dataType) {
    return dataType == DataType.FLOAT32 ? 6 : 4;
  }

  /** A tensor converted to an element type. */
  static String convert(String tensor, DataType dataType) {
    return "torch.to(%s, %d, False, False, None)".formatted(tensor, typeCode(dataType));
  }
}
