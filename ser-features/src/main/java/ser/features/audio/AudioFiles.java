package ser.features.audio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import ser.api.AudioException;
import ser.api.AudioInput;
import ser.api.ChannelSelection;
import ser.api.SerException;
import ser.features.audio.spi.AudioDecoderProvider;

/**
 * Reads audio files.
 *
 * <p>WAV (PCM of 8 to 32 bits, float of 32 and 64 bits, A-law, mu-law, extensible headers, RF64)
 * and FLAC (4 to 24 bits), at any rate and channel count. The format is recognised by the file's
 * first bytes, whatever its name. Further formats are read when a jar {@linkplain
 * ser.features.audio.spi provides} a decoder, as ser-audio-codecs does. Channels are mixed as
 * {@link AudioSource} describes, or one of them is read. Everything else, and every damaged file,
 * is an {@link AudioException} that names the file, what was found and what was expected.
 */
public final class AudioFiles {
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private static final Set<String> EXTENSIONS = Set.of("wav", "wave", "flac");
  private static final int HEAD_BYTES = 64;

  private AudioFiles() {}

  /**
   * Whether a file's name looks like audio that {@link #read} understands. Meant for going through
   * folders; reading does not depend on it.
   *
   * @param path any path, there or not
   * @return true for .wav, .wave, .flac and the endings of the formats that {@link
   *     ser.features.audio.spi provided} decoders read, in upper or lower case
   */
  public static boolean isAudio(Path path) {
    Path file = path.getFileName();
    String name = file == null ? "" : file.toString().toLowerCase(Locale.ROOT);
    int dot = name.lastIndexOf('.');
    // A leading dot is a hidden file, such as the ._x.wav that some archives carry.
    if (dot <= 0 || name.charAt(0) == '.') {
      return false;
    }
    String extension = name.substring(dot + 1);
    return EXTENSIONS.contains(extension)
        || Providers.all().stream().anyMatch(p -> p.extensions().contains(extension));
  }

  /**
   * Opens a file of any length, to be decoded piece by piece at its own rate.
   *
   * @param path a WAV or FLAC file
   * @return its audio, the header checked; to be closed
   * @throws AudioException when there is no such file or it is not audio that can be used; a fault
   *     behind the header shows when it is read
   */
  public static AudioSource open(Path path) {
    return open(path, ChannelSelection.mix());
  }

  /**
   * Opens a file of any length, to be decoded piece by piece at its own rate.
   *
   * @param path a WAV or FLAC file
   * @param channels the mix or one channel
   * @return its audio, the header checked; to be closed
   * @throws AudioException when there is no such file, it is not audio that can be used, or it does
   *     not have that channel; a fault behind the header shows when it is read
   * @throws SerException when each channel is wanted, which is one source per channel
   */
  public static AudioSource open(Path path, ChannelSelection channels) {
    return open(AudioInput.of(path).withChannels(channels));
  }

  /**
   * Opens a file of any length or the bytes of one, to be decoded piece by piece at its own rate.
   *
   * @param input the audio, and the mix or one channel of it; the mix where none is selected
   * @return its audio, the header checked; to be closed
   * @throws AudioException when there is no such file, it is not audio that can be used, or it does
   *     not have that channel; a fault behind the header shows when it is read
   * @throws SerException when each channel is wanted, which is one source per channel
   */
  public static AudioSource open(AudioInput input) {
    ChannelSelection channels = input.channels().orElse(ChannelSelection.mix());
    if (channels.isEach()) {
      throw new SerException(
          "Each channel is a source of its own; expected the mix or the number of a channel");
    }
    String name = printable(input.name());
    return input
        .bytes()
        .map(bytes -> decode(ByteSource.of(bytes), channels, name))
        .orElseGet(() -> openFile(input.file().orElseThrow(), channels, name));
  }

  /**
   * Reads a file at its own rate.
   *
   * @param path a WAV or FLAC file
   * @return the mix of its channels, at the file's rate
   * @throws AudioException when there is no such file or it is not audio that can be used
   */
  public static AudioClip read(Path path) {
    try (AudioSource source = open(path)) {
      return source.readAll();
    }
  }

  /**
   * Reads a file at its own rate.
   *
   * @param path a WAV or FLAC file
   * @param channels the mix or one channel
   * @return that channel, at the file's rate
   * @throws AudioException when there is no such file, it is not audio that can be used, or it does
   *     not have that channel
   * @throws SerException when each channel is wanted, which is one clip per channel
   */
  public static AudioClip read(Path path, ChannelSelection channels) {
    try (AudioSource source = open(path, channels)) {
      return source.readAll();
    }
  }

  /**
   * Reads a file and brings it to a rate.
   *
   * @param path a WAV or FLAC file
   * @param sampleRate the wanted rate, in Hz
   * @return the mix of its channels, at the wanted rate
   * @throws AudioException when there is no such file or it is not audio that can be used
   */
  public static AudioClip read(Path path, int sampleRate) {
    return read(path).resampledTo(sampleRate);
  }

  /**
   * Reads audio from memory at its own rate.
   *
   * @param bytes a whole WAV or FLAC file
   * @param name what to call it in messages
   * @return the mix of its channels
   * @throws AudioException when it is not audio that can be used
   */
  public static AudioClip read(byte[] bytes, String name) {
    try (AudioSource source = open(AudioInput.of(bytes, name))) {
      return source.readAll();
    }
  }

  /**
   * Reads audio from a stream, to its end, at its own rate.
   *
   * @param in a whole WAV or FLAC file; the caller closes it
   * @param name what to call it in messages
   * @return the mix of its channels
   * @throws AudioException when it is not audio that can be used, or more than a quarter of Java's
   *     memory
   */
  public static AudioClip read(InputStream in, String name) {
    int limit = (int) Math.min(Integer.MAX_VALUE - 9L, Runtime.getRuntime().maxMemory() / 4);
    byte[] bytes;
    try {
      bytes = in.readNBytes(limit + 1);
    } catch (IOException e) {
      throw unreadable(printable(name), e);
    }
    if (bytes.length > limit) {
      throw new AudioException(
          "%s: more than %d MB in a stream; expected less, or a file on disk"
              .formatted(printable(name), limit >> 20));
    }
    return read(bytes, name);
  }

  @SuppressWarnings("resource") // closed here on failure, by the caller otherwise
  private static DecodedFile openFile(Path path, ChannelSelection channels, String name) {
    requireFile(path, name);
    try {
      return decode(ByteSource.of(FileChannel.open(path, StandardOpenOption.READ)), channels, name);
    } catch (AccessDeniedException e) {
      throw new AudioException(name + ": no permission to read it", e);
    } catch (ClosedByInterruptException e) {
      throw interrupted(name, e);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  /** Recognises the format; closes the bytes when they are of no use. */
  private static DecodedFile decode(ByteSource bytes, ChannelSelection channels, String name) {
    try {
      return new DecodedFile(bytes, () -> decoder(bytes, name), channels, name);
    } catch (IOException e) {
      throw closing(bytes, bytes.isInterrupted() ? interrupted(name, e) : unreadable(name, e));
    } catch (RuntimeException e) {
      throw closing(bytes, bytes.isInterrupted() ? interrupted(name, e) : e);
    }
  }

  private static RuntimeException closing(ByteSource bytes, RuntimeException failure) {
    try {
      bytes.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  private static Decoder decoder(ByteSource source, String name) throws IOException {
    byte[] head = head(source, 0);
    FileKind kind = FileKind.of(head);
    long start = 0;
    if (kind == FileKind.ID3) {
      // A tag in front belongs to MP3 files and to a few of other kinds: what follows it decides.
      start = FlacReader.tagBytes(source);
      head = head(source, start);
      FileKind behind = FileKind.of(head);
      kind = behind == FileKind.FLAC || behind == FileKind.AAC ? behind : FileKind.MP3;
    }
    return switch (kind) {
      case WAV -> WavReader.open(source, name);
      case FLAC -> FlacReader.open(source, name);
      case EMPTY -> throw new AudioException(name + ": an empty file; expected WAV or FLAC audio");
      default -> {
        Optional<AudioDecoderProvider> provider =
            kind.isAudio() ? Providers.accepting(head) : Optional.empty();
        if (provider.isEmpty()) {
          throw new AudioException(
              "%s: seems to be %s; %s".formatted(name, kind.description(), kind.remedy(name)));
        }
        yield ProvidedDecoder.open(provider.get(), source.from(start), name);
      }
    };
  }

  private static byte[] head(ByteSource source, long position) throws IOException {
    byte[] head = new byte[HEAD_BYTES];
    return Arrays.copyOf(head, source.read(position, head, 0, head.length));
  }

  private static void requireFile(Path path, String name) {
    if (Files.isDirectory(path)) {
      throw new AudioException(name + ": is a directory; expected an audio file");
    }
    if (!Files.exists(path)) {
      throw new AudioException(
          Files.exists(path, LinkOption.NOFOLLOW_LINKS)
              ? name + ": a symbolic link to a file that does not exist"
              : name + ": no such file");
    }
    if (!Files.isRegularFile(path)) {
      throw new AudioException(name + ": a device or pipe; expected an audio file");
    }
    if (!Files.isReadable(path)) {
      throw new AudioException(name + ": no permission to read it");
    }
  }

  /** An interrupt closes the file under a reader, which then finds it damaged. */
  static SerException interrupted(String name, Exception cause) {
    return new SerException(name + ": the thread was interrupted while it read this file", cause);
  }

  static AudioException unreadable(String name, IOException e) {
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new AudioException(name + ": cannot be read, " + printable(reason), e);
  }

  /** Escapes control characters, so that a message is one line whatever the name of a file. */
  private static String printable(String name) {
    return CONTROL
        .matcher(name)
        .replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)));
  }
}
