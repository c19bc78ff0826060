package ser.api;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Audio to be classified: a file, or the bytes of one in memory, such as an upload or a cell of a
 * table; and which of its channels.
 *
 * <p>Bytes are neither copied in nor copied out, because they are large: whoever makes an input
 * leaves them alone. Two inputs are equal when they have the same file or bytes, name and channels.
 */
public final class AudioInput {
  private final String name;
  private final @Nullable Path file;
  private final byte @Nullable [] bytes;
  private final @Nullable ChannelSelection channels;

  private AudioInput(
      String name,
      @Nullable Path file,
      byte @Nullable [] bytes,
      @Nullable ChannelSelection channels) {
    this.name = name;
    this.file = file;
    this.bytes = bytes;
    this.channels = channels;
  }

  /**
   * Returns a file as input.
   *
   * @param file WAV or FLAC, any sample rate and number of channels
   * @return the input, with the channels that the recogniser selects
   */
  public static AudioInput of(Path file) {
    Objects.requireNonNull(file, "file");
    return new AudioInput(file.toString(), file, null, null);
  }

  /**
   * Returns the bytes of a file as input.
   *
   * @param bytes a whole file as it would lie on disk, WAV or FLAC, any sample rate and number of
   *     channels; not copied
   * @param name what messages call it
   * @return the input, with the channels that the recogniser selects
   */
  public static AudioInput of(byte[] bytes, String name) {
    Objects.requireNonNull(bytes, "bytes");
    Objects.requireNonNull(name, "name");
    return new AudioInput(name, null, bytes, null);
  }

  /**
   * Returns this input with other channels than those that the recogniser selects.
   *
   * @param selection the mix, one channel or, where each has a result, each by itself
   * @return the changed input
   * @see RecognizerOptions#withChannels
   */
  public AudioInput withChannels(ChannelSelection selection) {
    Objects.requireNonNull(selection, "selection");
    return new AudioInput(name, file, bytes, selection);
  }

  /** {@return what messages call it: the path of a file, the name that was given to bytes} */
  public String name() {
    return name;
  }

  /** {@return the file; empty for bytes in memory} */
  public Optional<Path> file() {
    return Optional.ofNullable(file);
  }

  /** {@return the bytes in memory, not copied; empty for a file} */
  public Optional<byte[]> bytes() {
    return Optional.ofNullable(bytes);
  }

  /** {@return the channels; empty for those that the recogniser selects} */
  public Optional<ChannelSelection> channels() {
    return Optional.ofNullable(channels);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AudioInput that
        && name.equals(that.name)
        && Objects.equals(file, that.file)
        && Arrays.equals(bytes, that.bytes)
        && Objects.equals(channels, that.channels);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, file, Arrays.hashCode(bytes), channels);
  }

  @Override
  public String toString() {
    return channels == null ? name : "%s (channels: %s)".formatted(name, channels);
  }
}
