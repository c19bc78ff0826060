package ser.features.audio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jflac.ChannelData;
import org.jflac.FLACDecoder;
import org.jflac.FrameListener;
import org.jflac.frame.Frame;
import org.jflac.metadata.Metadata;
import org.jspecify.annotations.Nullable;
import ser.api.AudioException;

/**
 * Reads FLAC with jflac, which decodes well but trusts too much: it takes array sizes from tags,
 * replaces damaged frames by silence and lets runtime exceptions out. So this class walks the
 * metadata itself, gives jflac the stream information and the frames alone, and holds the result
 * against the announced length and MD5.
 */
final class FlacReader implements Decoder {
  private static final int STREAM_INFO_BYTES = 34;
  private static final int ID3_HEADER = 10;
  private static final int MAX_BITS = 24;

  private final ByteSource source;
  private final String name;
  private final StreamInfo info;
  private final Complaints complaints = new Complaints();
  private final Checksum checksum;
  private final Frames frames;
  private final FLACDecoder decoder;

  private int frameStart; // in the last frame, of which some may have been given away
  private int frameEnd;
  private long decoded; // samples per channel
  private boolean ended;
  private @Nullable AudioException fault; // nothing is decoded after it

  private FlacReader(ByteSource source, String name) throws IOException {
    this.source = source;
    this.name = name;
    long position = tagBytes(source) + 4;
    this.info = streamInfo(position);
    this.checksum = new Checksum(info);
    this.frames = new Frames(info.raw, firstFrame(position));
    this.decoder = new FLACDecoder(frames);
    decoder.addFrameListener(complaints);
  }

  /** Reads the header; {@code source} starts with fLaC, or with an ID3 tag before it. */
  static FlacReader open(ByteSource source, String name) throws IOException {
    FlacReader reader = new FlacReader(source, name);
    try {
      reader.decoder.readMetadata();
    } catch (RuntimeException e) {
      throw reader.undecodable(e);
    }
    return reader;
  }

  /** The length of the ID3 tag in front, 0 when there is none. */
  static long tagBytes(ByteSource source) throws IOException {
    byte[] tag = new byte[ID3_HEADER];
    if (source.read(0, tag, 0, ID3_HEADER) < ID3_HEADER || tag[0] != 'I') {
      return 0;
    }
    long size = 0;
    for (int i = 6; i < ID3_HEADER; i++) {
      size = size << 7 | (tag[i] & 0x7f);
    }
    return ID3_HEADER + size;
  }

  /**
   * The stream's metadata.
   *
   * @param raw the block as it is in the file
   * @param totalSamples samples per channel, 0 when the encoder left it open
   */
  @SuppressWarnings("ArrayRecordComponent") // local to this class, never compared
  private record StreamInfo(
      byte[] raw, int maxBlock, int sampleRate, int channels, int bits, long totalSamples) {

    static StreamInfo parse(byte[] raw) {
      ByteBuffer b = ByteBuffer.wrap(raw);
      long packed = b.getLong(10);
      return new StreamInfo(
          raw,
          b.getShort(2) & 0xffff,
          (int) (packed >>> 44),
          (int) (packed >>> 41 & 7) + 1,
          (int) (packed >>> 36 & 31) + 1,
          packed & 0xf_ffff_ffffL);
    }

    byte[] md5() {
      return Arrays.copyOfRange(raw, 18, STREAM_INFO_BYTES);
    }
  }

  private StreamInfo streamInfo(long position) throws IOException {
    byte[] header = new byte[4 + STREAM_INFO_BYTES];
    requireBytes(position, header);
    if ((ByteBuffer.wrap(header).getInt() & 0x7fff_ffff) != STREAM_INFO_BYTES) {
      throw damaged("no stream information at its start");
    }
    StreamInfo info = StreamInfo.parse(Arrays.copyOfRange(header, 4, header.length));
    String rateFault = AudioClip.rateFault(info.sampleRate);
    if (rateFault != null) {
      throw new AudioException(name + ": " + rateFault);
    }
    if (info.bits < 4 || info.bits > MAX_BITS) {
      throw new AudioException(
          "%s: FLAC of %d bits; expected 4 to %d".formatted(name, info.bits, MAX_BITS));
    }
    return info;
  }

  /** Goes from metadata block to metadata block; none but the first is of interest. */
  private long firstFrame(long firstBlock) throws IOException {
    long position = firstBlock;
    byte[] header = new byte[4];
    do {
      requireBytes(position, header);
      position += 4 + (ByteBuffer.wrap(header).getInt() & 0xff_ffff);
      if (position > source.size()) {
        throw new AudioException(
            "%s: a truncated FLAC file, a block of its header ends at byte %d of %d"
                .formatted(name, position, source.size()));
      }
    } while (header[0] >= 0); // the top bit marks the last block
    return position;
  }

  private void requireBytes(long position, byte[] into) throws IOException {
    if (source.read(position, into, 0, into.length) < into.length) {
      throw new AudioException(
          "%s: a FLAC file of %d bytes, truncated inside its header"
              .formatted(name, source.size()));
    }
  }

  @Override
  public int sampleRate() {
    return info.sampleRate;
  }

  @Override
  public OptionalLong length() {
    return info.totalSamples == 0 ? OptionalLong.empty() : OptionalLong.of(info.totalSamples);
  }

  @Override
  public int channels() {
    return info.channels;
  }

  @Override
  public List<String> notes() {
    return List.of();
  }

  @Override
  public void close() {}

  @Override
  public int read(float[] mean, float[][] planes, int offset, int length) {
    int done = 0;
    while (done < length && (frameStart < frameEnd || nextFrame(done))) {
      int count = Math.min(length - done, frameEnd - frameStart);
      if (mean.length > 0) {
        average(mean, offset + done, count);
      }
      if (planes.length > 0) {
        separate(planes, offset + done, count);
      }
      frameStart += count;
      done += count;
    }
    return done;
  }

  private void average(float[] mean, int offset, int count) {
    ChannelData[] channels = decoder.getChannelData();
    double scale = Math.scalb(1.0, 1 - info.bits) / info.channels;
    if (info.channels == 1) {
      int[] output = channels[0].getOutput();
      for (int i = 0; i < count; i++) {
        mean[offset + i] = (float) (output[frameStart + i] * scale);
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      long sum = 0;
      for (int channel = 0; channel < info.channels; channel++) {
        sum += channels[channel].getOutput()[frameStart + i];
      }
      mean[offset + i] = (float) (sum * scale);
    }
  }

  private void separate(float[][] planes, int offset, int count) {
    float scale = Math.scalb(1f, 1 - info.bits);
    for (int channel = 0; channel < info.channels; channel++) {
      int[] output = decoder.getChannelData()[channel].getOutput();
      float[] plane = planes[channel];
      for (int i = 0; i < count; i++) {
        plane[offset + i] = output[frameStart + i] * scale;
      }
    }
  }

  /**
   * As {@link #nextFrame()}; a fault shows in the next call when this one has decoded something.
   */
  private boolean nextFrame(int done) {
    if (fault != null) {
      throw fault;
    }
    try {
      return nextFrame();
    } catch (AudioException e) {
      fault = e;
      if (done == 0) {
        throw e;
      }
      return false;
    }
  }

  /** Decodes a frame; false at the end, which is checked. */
  private boolean nextFrame() {
    try {
      // jflac goes on behind the last sample and takes tags there for damaged frames.
      if (!ended && (info.totalSamples == 0 || decoded < info.totalSamples)) {
        Frame frame = decoder.readNextFrame();
        if (complaints.first != null) {
          if (frames.ended && info.totalSamples != 0) {
            throw truncated();
          }
          throw undecodable(new IOException(complaints.first));
        }
        if (frame != null) {
          requireSameFormat(frame);
          take(decoder.getChannelData(), frame.header.blockSize);
          return true;
        }
      }
    } catch (AudioException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw undecodable(e);
    }
    if (!ended) {
      ended = true;
      requireWhole();
    }
    return false;
  }

  private void requireWhole() {
    // jflac also counts frames that it gave up without calling a listener.
    if (decoder.getBadFrames() > 0) {
      throw damaged("%d unreadable frame(s)".formatted(decoder.getBadFrames()));
    }
    if (info.totalSamples != 0 && decoded != info.totalSamples) {
      throw truncated();
    }
    if (!checksum.matches()) {
      throw damaged("the decoded samples do not match its MD5 checksum");
    }
  }

  private void requireSameFormat(Frame frame) {
    boolean same =
        frame.header.channels == info.channels
            && frame.header.bitsPerSample == info.bits
            && frame.header.sampleRate == info.sampleRate;
    if (!same) {
      throw damaged(
          "a frame of %d channel(s), %d bits, %d Hz in a file of %d, %d, %d"
              .formatted(
                  frame.header.channels,
                  frame.header.bitsPerSample,
                  frame.header.sampleRate,
                  info.channels,
                  info.bits,
                  info.sampleRate));
    }
    if (frame.header.blockSize > info.maxBlock) {
      throw damaged(
          "a frame of %d samples where %d is the most"
              .formatted(frame.header.blockSize, info.maxBlock));
    }
  }

  private void take(ChannelData[] channels, int count) {
    requireRange(channels, count);
    checksum.add(channels, count);
    frameStart = 0;
    frameEnd = count;
    decoded += count;
  }

  /**
   * Checks that the samples fit into the file's bits: a damaged predictor makes the sums overflow,
   * and what they leave is noise, which a file without an MD5 would give away as sound.
   */
  private void requireRange(ChannelData[] channels, int count) {
    for (int channel = 0; channel < info.channels; channel++) {
      int[] output = channels[channel].getOutput();
      int excess = 0;
      for (int i = 0; i < count; i++) {
        excess |= output[i] ^ output[i] >> 31;
      }
      if (excess >>> (info.bits - 1) != 0) {
        throw damaged(
            "samples %d to %d do not fit into its %d bits"
                .formatted(decoded, decoded + count - 1, info.bits));
      }
    }
  }

  private AudioException truncated() {
    return new AudioException(
        "%s: a truncated or damaged FLAC file, it announces %d samples and %d can be read"
            .formatted(name, info.totalSamples, decoded));
  }

  private AudioException undecodable(Exception cause) {
    return new AudioException(
        "%s: a damaged FLAC file, sample %d or after cannot be decoded".formatted(name, decoded),
        cause);
  }

  private AudioException damaged(String what) {
    return new AudioException("%s: a damaged FLAC file, %s".formatted(name, what));
  }

  /** The first thing jflac complained of; it reports there what it then replaces by silence. */
  private static final class Complaints implements FrameListener {
    private @Nullable String first;

    @Override
    public void processMetadata(Metadata metadata) {}

    @Override
    public void processFrame(Frame frame) {}

    @Override
    public void processError(String message) {
      if (first == null) {
        first = message;
      }
    }
  }

  /** The MD5 of the interleaved samples, little-endian in whole bytes, as FLAC defines it. */
  private static final class Checksum {
    private final StreamInfo info;
    private final MessageDigest digest;
    private byte[] bytes = {};

    Checksum(StreamInfo info) {
      this.info = info;
      try {
        this.digest = MessageDigest.getInstance("MD5");
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError("every Java has MD5", e);
      }
    }

    void add(ChannelData[] channels, int count) {
      int width = (info.bits + 7) / 8;
      int length = count * info.channels * width;
      if (bytes.length < length) {
        bytes = new byte[length];
      }
      int at = 0;
      for (int i = 0; i < count; i++) {
        for (int channel = 0; channel < info.channels; channel++) {
          int value = channels[channel].getOutput()[i];
          for (int b = 0; b < width; b++) {
            bytes[at++] = (byte) (value >> (8 * b));
          }
        }
      }
      digest.update(bytes, 0, length);
    }

    boolean matches() {
      byte[] announced = info.md5();
      return Arrays.equals(announced, new byte[announced.length])
          || Arrays.equals(announced, digest.digest());
    }
  }

  /** A stream of the marker, the stream information as the only metadata, and the frames. */
  private final class Frames extends InputStream {
    private final byte[] head = new byte[4 + 4 + STREAM_INFO_BYTES];
    private int headRead;
    private long position;
    private boolean ended; // somebody wanted more than there is

    Frames(byte[] streamInfo, long firstFrame) {
      ByteBuffer.wrap(head)
          .putInt(0x664c6143) // fLaC
          .putInt(0x8000_0000 | STREAM_INFO_BYTES) // last block, type 0
          .put(streamInfo);
      position = firstFrame;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 1 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (headRead < head.length) {
        int count = Math.min(length, head.length - headRead);
        System.arraycopy(head, headRead, into, offset, count);
        headRead += count;
        return count;
      }
      int count = source.read(position, into, offset, length);
      position += count;
      ended = count == 0 && length > 0;
      return ended ? -1 : count;
    }
  }
}
