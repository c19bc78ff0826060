package ser.pipeline.model;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import ser.api.ModelException;
import ser.api.tensor.Tensor;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The safetensors format: eight bytes with the header's length, a JSON header with each tensor's
 * type, shape and place, and the tensors' bytes. Float32 tensors only.
 *
 * <p>Reading checks everything against what is expected and the file's true size before it
 * allocates.
 */
public final class Safetensors {
  private static final int LARGEST_HEADER = 1 << 20;
  private static final String METADATA = "__metadata__";
  private static final JsonMapper JSON = JsonMapper.shared();

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
   * What a file holds.
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
    try (DataInputStream data = new DataInputStream(Files.newInputStream(file))) {
      long size = Files.size(file);
      long headerLength = size < 8 ? -1 : Long.reverseBytes(data.readLong());
      if (headerLength < 2 || headerLength > Math.min(LARGEST_HEADER, size - 8)) {
        throw new ModelException(
            "%s: not a safetensors file: a header of %d bytes in a file of %d"
                .formatted(file, headerLength, size));
      }
      JsonNode header = JSON.readTree(data.readNBytes((int) headerLength));
      long length = 0;
      Map<String, Long> places = new LinkedHashMap<>();
      for (Map.Entry<String, List<Long>> tensor : expected.entrySet()) {
        places.put(tensor.getKey(), check(file, header.get(tensor.getKey()), tensor));
        length += bytes(tensor.getValue());
      }
      Map<String, String> metadata = new LinkedHashMap<>();
      header.path(METADATA).forEachEntry((name, text) -> metadata.put(name, text.asString("")));
      int held = header.size() - (header.has(METADATA) ? 1 : 0);
      if (held != expected.size()) {
        throw new ModelException(
            "%s: holds %d tensors, expected %d".formatted(file, held, expected.size()));
      }
      if (size != 8 + headerLength + length) {
        throw new ModelException(
            "%s: is %d bytes long, expected %d; is it truncated?"
                .formatted(file, size, 8 + headerLength + length));
      }
      return new Contents(
          tensors(file, data.readNBytes(Math.toIntExact(length)), places, expected), metadata);
    } catch (NoSuchFileException e) {
      throw new ModelException("%s: there is no such file".formatted(file), e);
    } catch (EOFException e) {
      throw new ModelException("%s: ends too early".formatted(file), e);
    } catch (JacksonException e) {
      throw new ModelException("%s: its header is not JSON".formatted(file), e);
    } catch (IOException e) {
      throw new ModelException("%s: cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static long bytes(List<Long> shape) {
    return Tensor.sizeOf(shape.stream().mapToLong(Long::longValue).toArray()) * Float.BYTES;
  }

  private static long check(
      Path file, @Nullable JsonNode found, Map.Entry<String, List<Long>> tensor) {
    String name = tensor.getKey();
    if (found == null) {
      throw new ModelException("%s: tensor '%s' is missing".formatted(file, name));
    }
    JsonNode shape = found.path("shape");
    List<Long> dims =
        shape.isArray() ? shape.valueStream().map(d -> d.asLong(-1)).toList() : List.of(-1L);
    String type = found.path("dtype").asString("");
    if (!type.equals("F32") || !dims.equals(tensor.getValue())) {
      throw new ModelException(
          "%s: tensor '%s' is %s%s, expected F32%s"
              .formatted(file, name, type, dims, tensor.getValue()));
    }
    long start = found.path("data_offsets").path(0).asLong(-1);
    long end = found.path("data_offsets").path(1).asLong(-1);
    if (start < 0 || end - start != bytes(tensor.getValue())) {
      throw new ModelException(
          "%s: tensor '%s' lies at %d to %d, which is not its size"
              .formatted(file, name, start, end));
    }
    return start;
  }

  private static Map<String, Tensor> tensors(
      Path file, byte[] data, Map<String, Long> places, Map<String, List<Long>> expected) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    expected.forEach(
        (name, shape) -> {
          long[] dims = shape.stream().mapToLong(Long::longValue).toArray();
          float[] values = new float[(int) Tensor.sizeOf(dims)];
          long start = places.getOrDefault(name, 0L);
          if (start + (long) values.length * Float.BYTES > data.length) {
            throw new ModelException(
                "%s: tensor '%s' lies beyond the end of the data".formatted(file, name));
          }
          ByteBuffer.wrap(data, (int) start, values.length * Float.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .asFloatBuffer()
              .get(values);
          tensors.put(name, Tensor.of(values, dims));
        });
    return tensors;
  }
}
