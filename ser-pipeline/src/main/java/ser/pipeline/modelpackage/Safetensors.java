package ser.pipeline.modelpackage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import ser.api.ModelException;
import ser.graph.tensor.Tensor;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The safetensors format: eight bytes with the header's length, a JSON header with each tensor's
 * type, shape and place, and the tensors' bytes. Float32 tensors only.
 *
 * <p>Reading checks the header against what is expected before it allocates room for tensors.
 */
public final class Safetensors {
  private static final int LARGEST_HEADER = 1 << 20;
  private static final String METADATA = "__metadata__";
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private Safetensors() {}

  /**
   * Writes tensors.
   *
   * @param out where to; left open
   * @param tensors float32, by name
   * @param metadata texts by name
   * @throws IOException when {@code out} does
   */
  public static void write(
      OutputStream out, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    ObjectNode header = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      metadata.forEach(header.putObject(METADATA)::put);
    }
    long offset = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      long end = offset + (long) tensor.size() * Float.BYTES;
      ObjectNode description = header.putObject(entry.getKey());
      description.put("dtype", "F32");
      Arrays.stream(tensor.shape()).forEach(description.putArray("shape")::add);
      description.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    StringBuilder text = new StringBuilder(JSON.writeValueAsString(header));
    while (text.toString().getBytes(StandardCharsets.UTF_8).length % 8 != 0) {
      text.append(' ');
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(bytes.length).array());
    out.write(bytes);
    for (Tensor tensor : tensors.values()) {
      ByteBuffer data =
          ByteBuffer.allocate(tensor.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      data.asFloatBuffer().put(tensor.floats());
      out.write(data.array());
    }
  }

  /**
   * Serialises tensors.
   *
   * @param tensors float32, by name
   * @param metadata texts by name
   * @return the bytes of a file
   */
  static byte[] bytes(Map<String, Tensor> tensors, Map<String, String> metadata) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      write(bytes, tensors, metadata);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Contents of a file.
   *
   * @param tensors by name
   * @param metadata texts by name
   */
  public record Contents(Map<String, Tensor> tensors, Map<String, String> metadata) {}

  /**
   * Reads a file.
   *
   * @param file the file
   * @param expected the shape of each tensor that must be there, and no other
   * @return the tensors, in the order of {@code expected}, and the metadata
   * @throws ModelException when the file is missing, damaged, or holds something else
   */
  public static Contents read(Path file, Map<String, List<Long>> expected) {
    return read(file.toString(), () -> Files.newInputStream(file), expected);
  }

  /** Opens the bytes of a file. */
  @FunctionalInterface
  interface Opener {
    /** Returns the bytes from the first one on; the caller closes the stream. */
    InputStream open() throws IOException;
  }

  /**
   * Reads from a stream, to its end. Never allocates more than there is in it, nor more than is
   * expected.
   *
   * @param file its name in messages
   */
  static Contents read(String file, Opener opener, Map<String, List<Long>> expected) {
    return open(
        file,
        opener,
        (in, header) -> {
          Map<String, Span> spans = new LinkedHashMap<>();
          for (Map.Entry<String, List<Long>> tensor : expected.entrySet()) {
            spans.put(tensor.getKey(), check(file, header.get(tensor.getKey()), tensor));
          }
          int held = header.size() - (header.has(METADATA) ? 1 : 0);
          if (held != expected.size()) {
            throw new ModelException(
                "%s: holds %d tensors, expected %d".formatted(file, held, expected.size()));
          }
          long length = requireGapless(file, spans);
          if (length > Integer.MAX_VALUE - 8) {
            throw new ModelException(
                "%s: has %d bytes of tensors, more than can be read".formatted(file, length));
          }
          byte[] bytes = in.readNBytes((int) length);
          long found = bytes.length + in.transferTo(OutputStream.nullOutputStream());
          if (found != length) {
            throw new ModelException(
                "%s: has %d bytes of tensors, expected %d; is it truncated?"
                    .formatted(file, found, length));
          }
          return new Contents(tensors(bytes, spans, expected), metadata(file, header));
        });
  }

  /**
   * Reads the metadata of a file, whatever tensors it holds.
   *
   * @param file the file
   * @return texts by name
   * @throws ModelException when the file is missing or its header is damaged
   */
  public static Map<String, String> metadata(Path file) {
    return open(
        file.toString(),
        () -> Files.newInputStream(file),
        (in, header) -> metadata(file.toString(), header));
  }

  private record Span(long start, long end) {}

  @FunctionalInterface
  private interface Reader<T> {
    T read(InputStream data, JsonNode header) throws IOException;
  }

  private static <T> T open(String file, Opener opener, Reader<T> reader) {
    try (InputStream in = opener.open()) {
      JsonNode header = JSON.readTree(header(file, in));
      if (!header.isObject()) {
        throw new ModelException("%s: its header is not a JSON object".formatted(file));
      }
      return reader.read(in, header);
    } catch (NoSuchFileException e) {
      throw missing(file, e);
    } catch (JacksonException e) {
      throw new ModelException("%s: its header is not JSON".formatted(file), e);
    } catch (IOException e) {
      throw new ModelException("%s: cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Words the absence of a file that was opened. */
  static ModelException missing(String file, NoSuchFileException e) {
    boolean link = e.getFile() != null && Files.isSymbolicLink(Path.of(e.getFile()));
    String reason =
        link ? "is a symbolic link to a file that does not exist" : "there is no such file";
    return new ModelException("%s: %s".formatted(file, reason), e);
  }

  /** Reads the header and its length before it, which says how much is read. */
  private static byte[] header(String file, InputStream in) throws IOException {
    byte[] start = in.readNBytes(Long.BYTES);
    if (start.length < Long.BYTES) {
      throw new ModelException(
          "%s: not a safetensors file: it is %d bytes long; expected %d or more, of which the first %d are the length of the header"
              .formatted(file, start.length, Long.BYTES, Long.BYTES));
    }
    long length = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length > LARGEST_HEADER) { // unsigned, a negative one is beyond the largest
      throw new ModelException(
          "%s: not a safetensors file: a header of %s bytes; expected 2 to %d"
              .formatted(file, Long.toUnsignedString(length), LARGEST_HEADER));
    }
    byte[] text = in.readNBytes((int) length);
    if (text.length < length) {
      throw new ModelException(
          "%s: a header of %d bytes, of which %d are there; is it truncated?"
              .formatted(file, length, text.length));
    }
    return text;
  }

  private static Map<String, String> metadata(String file, JsonNode header) {
    Map<String, String> metadata = new LinkedHashMap<>();
    JsonNode texts = header.path(METADATA);
    if (!texts.isMissingNode() && !texts.isObject()) {
      throw new ModelException("%s: its %s is not an object of texts".formatted(file, METADATA));
    }
    texts.forEachEntry(
        (name, text) -> {
          if (!text.isString()) {
            throw new ModelException(
                "%s: its %s '%s' is not a text".formatted(file, METADATA, printable(name)));
          }
          metadata.put(name, text.stringValue());
        });
    return metadata;
  }

  private static long bytes(List<Long> shape) {
    return Tensor.sizeOf(shape.stream().mapToLong(Long::longValue).toArray()) * Float.BYTES;
  }

  private static Span check(
      String file, @Nullable JsonNode found, Map.Entry<String, List<Long>> tensor) {
    String name = tensor.getKey();
    if (found == null) {
      throw new ModelException("%s: tensor '%s' is missing".formatted(file, name));
    }
    List<Long> dims = integers(found.path("shape"));
    String type = printable(found.path("dtype").asString(""));
    if (!type.equals("F32") || !dims.equals(tensor.getValue())) {
      throw new ModelException(
          "%s: tensor '%s' is %s%s, expected F32%s"
              .formatted(file, name, type, dims, tensor.getValue()));
    }
    List<Long> offsets = integers(found.path("data_offsets"));
    boolean lies =
        offsets.size() != 2
            || offsets.get(0) < 0
            || offsets.get(1) < offsets.get(0)
            || offsets.get(1) - offsets.get(0) != bytes(tensor.getValue());
    if (lies) {
      throw new ModelException(
          "%s: tensor '%s' lies at %s, expected a start and an end %d bytes behind it"
              .formatted(file, name, offsets, bytes(tensor.getValue())));
    }
    return new Span(offsets.get(0), offsets.get(1));
  }

  /** The elements of an array of integers; −1 for what is not one. */
  private static List<Long> integers(JsonNode array) {
    return array.isArray()
        ? array
            .valueStream()
            .map(d -> d.isIntegralNumber() && d.canConvertToLong() ? d.longValue() : -1L)
            .toList()
        : List.of(-1L);
  }

  /** The format allows neither holes nor overlaps; returns where the last tensor ends. */
  private static long requireGapless(String file, Map<String, Span> spans) {
    long reached = 0;
    List<Map.Entry<String, Span>> inOrder =
        spans.entrySet().stream()
            .sorted(
                Map.Entry.comparingByValue(
                    Comparator.comparingLong(Span::start).thenComparingLong(Span::end)))
            .toList();
    for (Map.Entry<String, Span> tensor : inOrder) {
      if (tensor.getValue().start != reached) {
        throw new ModelException(
            "%s: tensor '%s' starts at byte %d of the data, expected %d, where another ends"
                .formatted(file, tensor.getKey(), tensor.getValue().start, reached));
      }
      reached = tensor.getValue().end;
    }
    return reached;
  }

  private static Map<String, Tensor> tensors(
      byte[] data, Map<String, Span> spans, Map<String, List<Long>> expected) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    spans.forEach(
        (name, span) -> {
          float[] values = new float[(int) ((span.end - span.start) / Float.BYTES)];
          ByteBuffer.wrap(data, (int) span.start, (int) (span.end - span.start))
              .order(ByteOrder.LITTLE_ENDIAN)
              .asFloatBuffer()
              .get(values);
          List<Long> shape = expected.getOrDefault(name, List.of());
          tensors.put(name, Tensor.of(values, shape.stream().mapToLong(Long::longValue).toArray()));
        });
    return tensors;
  }

  /** Keeps a message on one line, and short, whatever the file says. */
  private static String printable(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    return line.length() > 40 ? line.substring(0, 40) + "…" : line;
  }
}
