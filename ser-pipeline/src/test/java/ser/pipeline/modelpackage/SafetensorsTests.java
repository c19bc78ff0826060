package ser.pipeline.modelpackage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.ModelException;
import ser.graph.tensor.Tensor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SafetensorsTests {
  private static final Map<String, List<Long>> SHAPES = shapes();

  /** A valid header for {@link #SHAPES}: 6 + 2 floats. */
  private static final String HEADER =
      """
      {"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},\
      "b":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}}""";

  private final Path folder;

  SafetensorsTests(@TempDir Path folder) {
    this.folder = folder;
  }

  private static Map<String, List<Long>> shapes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    shapes.put("a", List.of(2L, 3L));
    shapes.put("b", List.of(2L));
    return shapes;
  }

  private static Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a", Tensor.of(new float[] {1, -2, 3.5f, 0, Float.MIN_VALUE, 1e30f}, 2, 3));
    tensors.put("b", Tensor.of(new float[] {-0f, 7}, 2));
    return tensors;
  }

  private static byte[] written(Map<String, String> metadata) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Safetensors.write(out, tensors(), metadata);
    return out.toByteArray();
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("x.safetensors"), bytes);
  }

  /** A file of a header with its true length and some zeros. */
  private Path file(String header, int dataBytes) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return file(
        ByteBuffer.allocate(8 + text.length + dataBytes)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(text.length)
            .put(text)
            .array());
  }

  private static String refusal(Path file) {
    return Refusals.refusal(file, () -> Safetensors.read(file, SHAPES));
  }

  @Test
  void whatIsWrittenIsReadBackBitByBit() throws IOException {
    Map<String, String> metadata = Map.of("step", "12", "note", "ümlaut \"quoted\"");

    Path file = file(written(metadata));
    Safetensors.Contents contents = Safetensors.read(file, SHAPES);

    assertThat(contents.tensors()).containsExactlyEntriesOf(tensors());
    assertThat(contents.metadata()).isEqualTo(metadata);
    assertThat(Safetensors.metadata(file)).isEqualTo(metadata);
  }

  @Test
  void tensorsComeInTheOrderAskedForWhateverTheFilesOrder() throws IOException {
    Map<String, List<Long>> reversed = new LinkedHashMap<>();
    reversed.put("b", List.of(2L));
    reversed.put("a", List.of(2L, 3L));

    Map<String, Tensor> read = Safetensors.read(file(written(Map.of())), reversed).tensors();

    assertThat(read.keySet()).containsExactly("b", "a");
    assertThat(read).isEqualTo(tensors());
  }

  @Test
  void theLayoutIsTheFormats() throws IOException {
    byte[] bytes = written(Map.of("k", "v"));
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);

    int length = (int) file.getLong(0);
    assertThat(length % 8).as("the data starts aligned").isZero();
    assertThat(bytes[8]).as("the header starts with a brace").isEqualTo((byte) '{');
    JsonNode header =
        JsonMapper.shared().readTree(new String(bytes, 8, length, StandardCharsets.UTF_8));
    assertThat(header.path("__metadata__").path("k").stringValue()).isEqualTo("v");
    assertThat(header.path("b").path("dtype").stringValue()).isEqualTo("F32");
    assertThat(header.path("b").path("shape").toString()).isEqualTo("[2]");
    assertThat(header.path("b").path("data_offsets").toString()).isEqualTo("[24,32]");
    assertThat(file.getFloat(8 + length + 2 * Float.BYTES)).isEqualTo(3.5f);
    assertThat(file.getFloat(8 + length + 24 + Float.BYTES)).isEqualTo(7);
    assertThat(bytes).hasSize(8 + length + 32);
  }

  @Test
  void aFileWithoutMetadataIsRead() throws IOException {
    Path file = file(HEADER, 32);
    assertThat(Safetensors.read(file, SHAPES).tensors()).containsOnlyKeys("a", "b");
    assertThat(Safetensors.metadata(file)).isEmpty();
  }

  @Test
  void aMissingFileIsNamed() {
    assertThat(refusal(folder.resolve("none"))).endsWith("there is no such file");
  }

  @Test
  void aFolderIsNoFile() {
    assertThat(refusal(folder)).contains("cannot be read");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, Long.MAX_VALUE, Long.MIN_VALUE, -1, 1 << 30, 1L << 40, 1000})
  void aHeaderLengthThatTheFileDoesNotHaveIsRefused(long length) throws IOException {
    byte[] bytes = written(Map.of());
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    assertThat(refusal(file(bytes)))
        .contains("header of " + Long.toUnsignedString(length) + " bytes");
  }

  @Test
  void aHeaderBeyondAMegabyteIsRefusedEvenIfItIsThere() throws IOException {
    String header = HEADER + " ".repeat(1 << 20);
    assertThat(refusal(file(header, 32))).contains("not a safetensors file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1, 2]", "17", "null", "\"text\"", "    "})
  void aHeaderThatIsNoObjectIsRefused(String header) throws IOException {
    assertThat(refusal(file(header, 32))).endsWith("its header is not a JSON object");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":", "{]", "{\"a\" 1}", "\u0000\u0000\u0000", "{\"a\":01}"})
  void aHeaderThatIsNotJsonIsRefused(String header) throws IOException {
    assertThat(refusal(file(header, 32))).endsWith("its header is not JSON");
  }

  @Test
  void aHeaderNestedWithoutEndIsRefused() throws IOException {
    assertThat(refusal(file("{\"a\":" + "[".repeat(200_000), 32)))
        .endsWith("its header is not JSON");
    assertThat(refusal(file("{\"a\":" + "{\"a\":".repeat(150_000), 32)))
        .endsWith("its header is not JSON");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[0,24] | [0,23] | tensor 'a' lies at [0, 23]",
        "[0,24] | [24,0] | tensor 'a' lies at [24, 0]",
        "[0,24] | [-24,0] | tensor 'a' lies at [-24, 0]",
        "[0,24] | [0] | tensor 'a' lies at [0]",
        "[0,24] | [0,24,32] | tensor 'a' lies at [0, 24, 32]",
        "[0,24] | {} | tensor 'a' lies at [-1]",
        "[0,24] | [0,24.0] | tensor 'a' lies at [0, -1]",
        "[0,24] | [\"0\",\"24\"] | tensor 'a' lies at [-1, -1]",
        // Subtracting these wraps around to 24.
        "[0,24] | [9223372036854775807,-9223372036854775785] | tensor 'a' lies at",
        "[0,24] | [92233720368547758070,92233720368547758094] | tensor 'a' lies at [-1, -1]",
        "[24,32] | [8,16] | tensor 'b' starts at byte 8 of the data, expected 24",
        "[24,32] | [0,8] | tensor 'a' starts at byte 0 of the data, expected 8",
        "[24,32] | [26,34] | tensor 'b' starts at byte 26 of the data, expected 24",
        "[24,32] | [4611686018427387896,4611686018427387904] | tensor 'b' starts at byte",
      })
  void placesThatLieAreRefused(String place, String lie, String reason) throws IOException {
    assertThat(refusal(file(HEADER.replace(place, lie), 32))).contains(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[2,3] | [3,2] | tensor 'a' is F32[3, 2], expected F32[2, 3]",
        "[2,3] | [6] | tensor 'a' is F32[6], expected F32[2, 3]",
        "[2,3] | [2,-3] | tensor 'a' is F32[2, -3], expected F32[2, 3]",
        "[2,3] | [2,3.5] | tensor 'a' is F32[2, -1], expected F32[2, 3]",
        "[2,3] | 6 | tensor 'a' is F32[-1], expected F32[2, 3]",
        "\"a\":{\"dtype\":\"F32\" | \"a\":{\"dtype\":\"F64\" | tensor 'a' is F64[2, 3]",
        "\"a\":{\"dtype\":\"F32\" | \"a\":{\"dtype\":null | tensor 'a' is [2, 3]",
        "\"a\":{\"dtype\":\"F32\" | \"a\":{\"dtype\":\"F\\nX\" | tensor 'a' is F?X[2, 3]",
        "\"b\": | \"c\": | tensor 'b' is missing",
        "\"b\": | \"a\": | its header is not JSON",
        "\"b\": | \"c\":{},\"b\": | holds 3 tensors, expected 2",
        "\"b\": | \"__metadata__\":[],\"b\": | its __metadata__ is not an object of texts",
        "\"b\": | \"__metadata__\":{\"x\":1},\"b\": | its __metadata__ 'x' is not a text",
      })
  void tensorsThatAreNotTheExpectedOnesAreRefused(String part, String lie, String reason)
      throws IOException {
    assertThat(refusal(file(HEADER.replace(part, lie), 32))).contains(reason);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 33, 1000})
  void dataTooShortOrTooLongIsRefused(int bytes) throws IOException {
    assertThat(refusal(file(HEADER, bytes)))
        .contains("has " + bytes + " bytes of tensors, expected 32");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 7})
  void aFileTooShortForTheLengthOfAHeaderIsRefusedByItsOwnLength(int length) throws IOException {
    Path file = file(Arrays.copyOf(written(Map.of()), length));
    String expected =
        "not a safetensors file: it is %d bytes long; expected 8 or more, of which the first 8 are the length of the header"
            .formatted(length);
    assertThat(refusal(file)).endsWith(expected);
    assertThat(Refusals.refusal(file, () -> Safetensors.metadata(file))).endsWith(expected);
  }

  @Test
  void aHeaderThatEndsEarlyIsRefused() throws IOException {
    int header = HEADER.length();
    byte[] whole = Files.readAllBytes(file(HEADER, 32));
    assertThat(refusal(file(Arrays.copyOf(whole, 8 + 5))))
        .endsWith("a header of %d bytes, of which 5 are there; is it truncated?".formatted(header));
  }

  @Test
  void aLinkToNothingIsNamed() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("none"));
    assertThat(refusal(link)).endsWith("is a symbolic link to a file that does not exist");
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] whole = written(Map.of("k", "v"));
    for (int length = 0; length < whole.length; length++) {
      refusal(file(Arrays.copyOf(whole, length)));
    }
  }

  @Test
  void anyDamageIsEitherRefusedOrHarmless() throws IOException {
    byte[] whole = written(Map.of("step", "12"));
    for (int seed = 0; seed < 1000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] damaged = whole.clone();
      int changes = 1 + random.nextInt(4);
      int reach = random.nextInt(3) == 0 ? 16 : damaged.length;
      for (int change = 0; change < changes; change++) {
        byte[] likely = "0123456789-[]{}\",:e.".getBytes(StandardCharsets.US_ASCII);
        damaged[random.nextInt(reach)] =
            random.nextBoolean()
                ? likely[random.nextInt(likely.length)]
                : (byte) random.nextInt(256);
      }
      Path file = file(damaged);
      assertThatCode(
              () -> {
                try {
                  assertThat(Safetensors.read(file, SHAPES).tensors()).containsOnlyKeys("a", "b");
                } catch (ModelException refused) {
                  assertThat(refused.getMessage()).startsWith(file + ": ").hasLineCount(1);
                }
              })
          .as("seed %d", seed)
          .doesNotThrowAnyException();
    }
  }
}
