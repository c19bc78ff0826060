package ser.pipeline.pretrained;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;
import ser.api.SerException;
import ser.features.audio.AudioClip;
import ser.features.dsp.FeatureMatrix;
import ser.features.pretrained.EncoderInput;
import ser.features.pretrained.PretrainedEncoder;
import ser.pipeline.io.AtomicFile;
import ser.pipeline.io.Folders;
import ser.pipeline.io.Sha256;

/**
 * A pretrained encoder whose outputs are kept in a folder, a file for each clip, under the digest
 * of encoder, input and samples. A file that is damaged, of another version or of another shape is
 * computed anew. Where the folder cannot be written, outputs are computed and not kept.
 * Thread-safe.
 */
public final class CachedEncoder implements PretrainedEncoder {
  /** Begins each file: the format and its version. */
  private static final long FORMAT = 0x5345_5246_0000_0001L;

  private static final int HEADER = Long.BYTES + 2 * Integer.BYTES;

  private final PretrainedEncoder encoder;
  private final Path folder;
  private volatile String failure = ""; // empty while outputs are kept

  private CachedEncoder(PretrainedEncoder encoder, Path folder) {
    this.encoder = encoder;
    this.folder = folder;
  }

  /**
   * Keeps the outputs of an encoder.
   *
   * @param encoder closed with the result, or when the folder cannot be made
   * @param folder made when it is not there; may be shared by encoders and processes
   * @return the encoder with its cache
   * @throws SerException when the folder cannot be made
   */
  public static CachedEncoder of(PretrainedEncoder encoder, Path folder) {
    Path own = folder.resolve(encoder.sha256().substring(0, 16));
    try {
      Folders.make(own);
    } catch (RuntimeException e) {
      encoder.close();
      throw e;
    }
    return new CachedEncoder(encoder, own);
  }

  /** {@return why outputs are not kept any more, if they are not} */
  public Optional<String> failure() {
    return failure.isEmpty() ? Optional.empty() : Optional.of(failure);
  }

  @Override
  public String sha256() {
    return encoder.sha256();
  }

  @Override
  public EncoderInput input() {
    return encoder.input();
  }

  @Override
  public int layers() {
    return encoder.layers();
  }

  @Override
  public int width() {
    return encoder.width();
  }

  @Override
  public int samplesPerFrame() {
    return encoder.samplesPerFrame();
  }

  @Override
  public FeatureMatrix encode(AudioClip clip) {
    Path file = folder.resolve(key(clip) + ".features");
    Optional<FeatureMatrix> kept = read(file);
    if (kept.isPresent()) {
      return kept.get();
    }
    FeatureMatrix features = encoder.encode(clip);
    if (failure.isEmpty()) {
      try {
        byte[] bytes = bytes(features);
        AtomicFile.write(file, out -> out.write(bytes));
      } catch (SerException e) {
        failure = String.valueOf(e.getMessage());
      }
    }
    return features;
  }

  private String key(AudioClip clip) {
    Sha256 digest = new Sha256();
    digest.add("%s\n%s\n".formatted(encoder.sha256(), encoder.input()));
    byte[] samples = new byte[clip.samples().length * Float.BYTES];
    littleEndian(samples).asFloatBuffer().put(clip.samples());
    digest.add(samples, samples.length);
    return digest.hex();
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] bytes(FeatureMatrix features) {
    float[] values = features.values();
    byte[] bytes = new byte[HEADER + values.length * Float.BYTES + Integer.BYTES];
    ByteBuffer buffer = littleEndian(bytes);
    buffer.putLong(FORMAT).putInt(features.frames()).putInt(features.columns());
    buffer.asFloatBuffer().put(values);
    int end = bytes.length - Integer.BYTES;
    buffer.putInt(end, checksum(bytes, end));
    return bytes;
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }

  /** Empty when there is no such file, or it is not what was written. */
  private Optional<FeatureMatrix> read(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      ByteBuffer buffer = littleEndian(bytes);
      boolean ours = buffer.getLong() == FORMAT;
      int frames = buffer.getInt();
      int columns = buffer.getInt();
      long size = HEADER + (long) frames * columns * Float.BYTES + Integer.BYTES;
      int end = bytes.length - Integer.BYTES;
      if (!ours
          || frames < 1
          || columns != encoder.columns()
          || size != bytes.length
          || checksum(bytes, end) != buffer.getInt(end)) {
        return Optional.empty();
      }
      float[] values = new float[frames * columns];
      buffer.asFloatBuffer().get(values);
      return Optional.of(new FeatureMatrix(frames, columns, values));
    } catch (NoSuchFileException | BufferUnderflowException e) {
      return Optional.empty();
    } catch (IOException e) {
      failure = "%s: cannot be read: %s".formatted(file, e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    encoder.close();
  }
}
