package ser.backend.djl;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import ser.graph.tensor.Tensor;

/**
 * Packs a module as {@code torch.jit.save} does: a zip of stored entries with the source, a pickle
 * of the module object, and each weight's elements.
 */
final class TorchArchive {
  private static final int PROTO = 0x80;
  private static final int GLOBAL = 'c';
  private static final int EMPTY_TUPLE = ')';
  private static final int NEWOBJ = 0x81;
  private static final int EMPTY_DICT = '}';
  private static final int MARK = '(';
  private static final int BINUNICODE = 'X';
  private static final int BININT = 'J';
  private static final int TUPLE = 't';
  private static final int BINPERSID = 'Q';
  private static final int NEWFALSE = 0x89;
  private static final int REDUCE = 'R';
  private static final int SETITEMS = 'u';
  private static final int BUILD = 'b';
  private static final int STOP = '.';

  private TorchArchive() {}

  /**
   * @param script the module
   * @param weights a tensor for each parameter the module holds
   * @return the archive's bytes
   */
  static byte[] pack(TorchScript script, Map<String, Tensor> weights) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      List<Stored> tensors = new ArrayList<>();
      Map<String, Stored> attributes = new LinkedHashMap<>();
      script
          .attributes()
          .forEach(
              (attribute, parameter) -> {
                Tensor tensor = weights.get(parameter);
                if (tensor == null) {
                  throw new IllegalStateException("no weight for " + parameter);
                }
                Stored stored = new Stored(tensor, script.channelsLast().contains(attribute));
                attributes.put(attribute, stored);
                tensors.add(stored);
              });
      store(zip, "data.pkl", module(attributes));
      store(zip, "code/__torch__.py", script.source().getBytes(StandardCharsets.UTF_8));
      store(zip, "constants.pkl", new byte[] {(byte) PROTO, 2, EMPTY_TUPLE, STOP});
      store(zip, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
      store(zip, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < tensors.size(); i++) {
        store(zip, "data/" + i, tensors.get(i).elements());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry("model/" + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setTime(0);
    CRC32 checksum = new CRC32();
    checksum.update(content);
    entry.setCrc(checksum.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /**
   * A tensor and how it lies in memory.
   *
   * @param channelsLast whether the second of its four axes is the innermost, or else the last one
   */
  private record Stored(Tensor tensor, boolean channelsLast) {
    byte[] elements() {
      ByteBuffer bytes =
          ByteBuffer.allocate(tensor.size() * tensor.dataType().bytes())
              .order(ByteOrder.LITTLE_ENDIAN);
      FloatBuffer elements = bytes.asFloatBuffer();
      if (!channelsLast) {
        elements.put(tensor.floats());
        return bytes.array();
      }
      int channels = Math.toIntExact(tensor.dim(1));
      int pixels = Math.toIntExact(tensor.dim(2) * tensor.dim(3));
      for (int i = 0; i < tensor.size(); i++) {
        int image = i / (channels * pixels);
        int pixel = i / channels % pixels;
        elements.put(tensor.floats()[(image * channels + i % channels) * pixels + pixel]);
      }
      return bytes.array();
    }

    long[] strides() {
      int[] inwards = channelsLast ? new int[] {0, 2, 3, 1} : axes();
      long[] strides = new long[tensor.rank()];
      long stride = 1;
      for (int i = strides.length - 1; i >= 0; i--) {
        strides[inwards[i]] = stride;
        stride *= Math.max(1, tensor.dim(inwards[i]));
      }
      return strides;
    }

    private int[] axes() {
      return IntStream.range(0, tensor.rank()).toArray();
    }
  }

  private static byte[] module(Map<String, Stored> attributes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(PROTO);
    out.write(2);
    global(out, "__torch__", "Model");
    out.write(EMPTY_TUPLE);
    out.write(NEWOBJ);
    out.write(EMPTY_DICT);
    out.write(MARK);
    string(out, "training");
    out.write(NEWFALSE);
    int index = 0;
    for (Map.Entry<String, Stored> attribute : attributes.entrySet()) {
      string(out, attribute.getKey());
      tensor(out, attribute.getValue(), index++);
    }
    out.write(SETITEMS);
    out.write(BUILD);
    out.write(STOP);
    return bytes.toByteArray();
  }

  /**
   * {@code torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)}.
   */
  private static void tensor(DataOutputStream out, Stored stored, int index) throws IOException {
    Tensor tensor = stored.tensor();
    global(out, "torch._utils", "_rebuild_tensor_v2");
    out.write(MARK);
    out.write(MARK);
    string(out, "storage");
    global(out, "torch", "FloatStorage");
    string(out, Integer.toString(index));
    string(out, "cpu");
    integer(out, tensor.size());
    out.write(TUPLE);
    out.write(BINPERSID);
    integer(out, 0);
    out.write(MARK);
    for (long dim : tensor.shape()) {
      integer(out, dim);
    }
    out.write(TUPLE);
    out.write(MARK);
    for (long stride : stored.strides()) {
      integer(out, stride);
    }
    out.write(TUPLE);
    out.write(NEWFALSE);
    global(out, "collections", "OrderedDict");
    out.write(EMPTY_TUPLE);
    out.write(REDUCE);
    out.write(TUPLE);
    out.write(REDUCE);
  }

  private static void global(DataOutputStream out, String module, String name) throws IOException {
    out.write(GLOBAL);
    out.write((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private static void string(DataOutputStream out, String string) throws IOException {
    byte[] utf8 = string.getBytes(StandardCharsets.UTF_8);
    out.write(BINUNICODE);
    out.writeInt(Integer.reverseBytes(utf8.length));
    out.write(utf8);
  }

  private static void integer(DataOutputStream out, long value) throws IOException {
    out.write(BININT);
    out.writeInt(Integer.reverseBytes(Math.toIntExact(value)));
  }
}
