package ser.graph.ir;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import ser.graph.tensor.DataType;

/** The reader behind {@link GraphText#read}: a recursive-descent parser. */
final class GraphTextReader {
  private static final Map<String, Class<? extends Op>> OPS =
      Arrays.stream(Op.class.getPermittedSubclasses())
          .<Class<? extends Op>>map(type -> type.asSubclass(Op.class))
          .collect(Collectors.toMap(ShapeRules::name, Function.identity()));

  private static final int DEEPEST = 16;

  private final String text;
  private int position;

  GraphTextReader(String text) {
    this.text = text;
  }

  Graph graph(int depth) {
    if (depth > DEEPEST) {
      throw error("composites are nested more than %d deep".formatted(DEEPEST));
    }
    expect("graph");
    GraphBuilder builder = new GraphBuilder(quoted());
    List<Value> values = new ArrayList<>();
    expect("{");
    while (!accept("}")) {
      if (accept("output")) {
        String name = quoted();
        expect("=");
        Value value = reference(values);
        checked(
            () -> {
              builder.output(name, value);
              return value;
            });
      } else {
        expect("%" + values.size());
        expect("=");
        values.add(operation(builder, values, depth));
      }
    }
    return checked(builder::build);
  }

  /** Adds the line to errors of the builder. */
  private <T> T checked(Supplier<T> step) {
    try {
      return step.get();
    } catch (GraphException e) {
      throw error(String.valueOf(e.getMessage()));
    }
  }

  private Value operation(GraphBuilder builder, List<Value> values, int depth) {
    String mnemonic = word();
    Class<? extends Op> type = OPS.get(mnemonic);
    if (type == null) {
      throw error(
          "there is no operation '%s'; there are %s"
              .formatted(mnemonic, OPS.keySet().stream().sorted().toList()));
    }
    List<Value> operands = new ArrayList<>();
    if (accept("(")) {
      do {
        operands.add(reference(values));
      } while (accept(","));
      expect(")");
    }
    RecordComponent[] components = type.getRecordComponents();
    Object[] attributes = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      expect(i == 0 ? "{" : ",");
      expect(components[i].getName());
      expect("=");
      types[i] = components[i].getType();
      attributes[i] = attribute(components[i].getGenericType(), depth);
    }
    if (components.length > 0) {
      expect("}");
    }
    Op op;
    try {
      op = type.getDeclaredConstructor(types).newInstance(attributes);
    } catch (InvocationTargetException e) {
      throw error(String.valueOf(e.getTargetException().getMessage()));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a record's constructor cannot be called", e);
    }
    return checked(() -> builder.add(op, operands));
  }

  private Object attribute(Type type, int depth) {
    if (type instanceof ParameterizedType list) {
      return list(() -> attribute(list.getActualTypeArguments()[0], depth));
    }
    if (type == String.class) {
      return quoted();
    } else if (type == Graph.class) {
      return graph(depth + 1);
    } else if (type == Dim.class) {
      return dim();
    } else if (type == DataType.class) {
      return dataType();
    } else if (type == TensorType.class) {
      return new TensorType(dataType(), list(this::dim));
    } else if (type == Initializer.class) {
      return initializer();
    } else if (type == double.class) {
      return number(Double::valueOf);
    } else if (type == long.class) {
      return number(Long::valueOf);
    } else if (type == int.class || type == Integer.class) {
      return number(Integer::valueOf);
    }
    return constant((Class<?>) type);
  }

  private Object constant(Class<?> type) {
    String name = word();
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                error(
                    "expected one of %s, found '%s'"
                        .formatted(Arrays.toString(type.getEnumConstants()), name)));
  }

  private DataType dataType() {
    return (DataType) constant(DataType.class);
  }

  private Initializer initializer() {
    String kind = word();
    expect("(");
    double value = number(Double::valueOf);
    expect(")");
    return switch (kind) {
      case "constant" -> new Initializer.Constant(value);
      case "uniform" -> new Initializer.Uniform(value);
      case "normal" -> new Initializer.Normal(value);
      default -> throw error("there is no initializer '%s'".formatted(kind));
    };
  }

  private Dim dim() {
    if (accept("(")) {
      String symbol = word();
      long offset = number(Long::valueOf);
      expect(")");
      expect("/");
      long divisor = number(Long::valueOf);
      if (divisor < 1) {
        throw error("a divisor is 1 or more, found " + divisor);
      }
      return checked(() -> Dim.symbol(symbol).plus(offset).floorDivide(divisor));
    }
    skip();
    if (position < text.length() && Character.isDigit(text.charAt(position))) {
      return Dim.of(number(Long::valueOf));
    }
    String symbol = word();
    return checked(() -> Dim.symbol(symbol));
  }

  private <T> List<T> list(Supplier<T> element) {
    List<T> elements = new ArrayList<>();
    expect("[");
    while (!accept("]")) {
      if (!elements.isEmpty()) {
        expect(",");
      }
      elements.add(element.get());
    }
    return elements;
  }

  private Value reference(List<Value> values) {
    expect("%");
    int id = number(Integer::valueOf);
    if (id < 0 || id >= values.size()) {
      throw error("%%%d stands nowhere above".formatted(id));
    }
    return values.get(id);
  }

  private String quoted() {
    expect("\"");
    StringBuilder string = new StringBuilder();
    while (position < text.length() && text.charAt(position) != '"') {
      char c = text.charAt(position++);
      if (c == '\\' && position < text.length()) {
        c = text.charAt(position++);
        c = c == 'n' ? '\n' : c;
      }
      string.append(c);
    }
    expect("\"");
    return string.toString();
  }

  private String word() {
    return take(c -> Character.isLetterOrDigit(c) || c == '_', "a word");
  }

  private <T extends Number> T number(Function<String, T> parse) {
    String digits =
        take(c -> Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '+', "a number");
    try {
      return parse.apply(digits);
    } catch (NumberFormatException e) {
      throw error("expected a number, found '%s'".formatted(digits));
    }
  }

  private String take(Function<Character, Boolean> belongs, String what) {
    skip();
    int start = position;
    while (position < text.length() && belongs.apply(text.charAt(position))) {
      position++;
    }
    if (start == position) {
      throw error("expected " + what);
    }
    return text.substring(start, position);
  }

  private void expect(String token) {
    if (!accept(token)) {
      throw error("expected '%s'".formatted(token));
    }
  }

  private boolean accept(String token) {
    skip();
    boolean found = text.startsWith(token, position);
    if (found) {
      position += token.length();
    }
    return found;
  }

  private void skip() {
    while (position < text.length()) {
      char c = text.charAt(position);
      if (c == '#') {
        int line = text.indexOf('\n', position);
        position = line < 0 ? text.length() : line;
      } else if (Character.isWhitespace(c)) {
        position++;
      } else {
        return;
      }
    }
  }

  void end() {
    skip();
    if (position < text.length()) {
      throw error("expected nothing after the graph");
    }
  }

  private GraphException error(String message) {
    long line = 1 + text.substring(0, position).chars().filter(c -> c == '\n').count();
    return new GraphException("Graph text, line %d: %s".formatted(line, message));
  }
}
