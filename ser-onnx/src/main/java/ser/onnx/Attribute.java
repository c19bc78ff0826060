package ser.onnx;

import java.util.List;

/**
 * An attribute of an ONNX node.
 *
 * @param name the name in the operator's specification
 * @param value a {@link Long}, a {@link Float}, a {@link String}, or a list of {@link Integer}s
 */
record Attribute(String name, Object value) {
  // Fields and types of AttributeProto.
  private static final int NAME = 1;
  private static final int F = 2;
  private static final int I = 3;
  private static final int S = 4;
  private static final int INTS = 8;
  private static final int TYPE = 20;
  private static final int FLOAT_TYPE = 1;
  private static final int INT_TYPE = 2;
  private static final int STRING_TYPE = 3;
  private static final int INTS_TYPE = 7;

  static Attribute of(String name, long value) {
    return new Attribute(name, value);
  }

  static Attribute of(String name, float value) {
    return new Attribute(name, value);
  }

  static Attribute of(String name, String value) {
    return new Attribute(name, value);
  }

  static Attribute of(String name, List<Integer> values) {
    return new Attribute(name, List.copyOf(values));
  }

  Message message() {
    Message message = new Message().text(NAME, name);
    if (value instanceof Long integer) {
      return message.integer(I, integer).integer(TYPE, INT_TYPE);
    } else if (value instanceof Float real) {
      return message.real(F, real).integer(TYPE, FLOAT_TYPE);
    } else if (value instanceof String text) {
      return message.text(S, text).integer(TYPE, STRING_TYPE);
    }
    for (Object element : (List<?>) value) {
      message.integer(INTS, (Integer) element);
    }
    return message.integer(TYPE, INTS_TYPE);
  }
}
