package ser.audio.codecs;

import java.io.IOException;
import java.util.Set;
import ser.features.audio.spi.AudioDecoder;
import ser.features.audio.spi.AudioDecoderProvider;
import ser.features.audio.spi.RandomAccessBytes;

/** MPEG-1, MPEG-2 and MPEG-2.5 audio of layers I to III, decoded by JLayer where it is present. */
public final class Mp3DecoderProvider implements AudioDecoderProvider {
  /** Makes the provider, for ServiceLoader. */
  public Mp3DecoderProvider() {}

  @Override
  public String format() {
    return "MP3";
  }

  @Override
  public Set<String> extensions() {
    return present() ? Set.of("mp3") : Set.of();
  }

  @Override
  public boolean accepts(byte[] head) {
    return Mp3Tag.isFrame(head) && present();
  }

  private static boolean present() {
    try {
      Class.forName(
          "javazoom.jl.decoder.Decoder", false, Mp3DecoderProvider.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  @Override
  public AudioDecoder open(RandomAccessBytes bytes) throws IOException {
    return Mp3Audio.open(bytes);
  }
}
