package ser.audio.codecs;

import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/** AAC frames of some container; the first one decides on the rate and the channels. */
final class AacAudio extends PacketDecoder {
  /** A container, frame by frame. */
  interface Frames {
    /** {@return the next frame, empty at the end} */
    Optional<byte[]> next() throws IOException;
  }

  /** The delay at the start and the length behind it, in samples of the given rate. */
  interface Edit {
    /** {@return samples to leave out at the start} */
    long skip(int sampleRate);

    /** {@return samples behind the delay, empty when the container leaves it open} */
    OptionalLong total(int sampleRate);
  }

  private final AacFrames decoder;
  private final Frames frames;
  private boolean first = true;

  private AacAudio(AacFrames decoder, Frames frames, Edit edit) {
    super(
        decoder.sampleRate(),
        decoder.channels(),
        edit.skip(decoder.sampleRate()),
        edit.total(decoder.sampleRate()));
    this.decoder = decoder;
    this.frames = frames;
  }

  /**
   * Decodes the first frame.
   *
   * @param configuration the AudioSpecificConfig of ISO/IEC 14496-3
   */
  static AacAudio open(byte[] configuration, Frames frames, Edit edit) throws IOException {
    AacFrames decoder = new AacFrames(configuration);
    decoder.decode(frames.next().orElseThrow(EOFException::new));
    return new AacAudio(decoder, frames, edit);
  }

  @Override
  boolean nextPacket() throws IOException {
    if (!first) {
      Optional<byte[]> frame = frames.next();
      if (frame.isEmpty()) {
        return false;
      }
      decoder.decode(frame.get());
    }
    first = false;
    if (decoder.sampleRate() != sampleRate() || decoder.channels() != channels()) {
      throw new IOException(
          "a frame of %d Hz and %d channel(s) in a file of %d Hz and %d"
              .formatted(decoder.sampleRate(), decoder.channels(), sampleRate(), channels()));
    }
    decoder.copyTo(samples(decoder.length()));
    return true;
  }
}
