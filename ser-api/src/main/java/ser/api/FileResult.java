package ser.api;

import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * The result of one file of several, or of one of its channels: its classification, or the reason
 * why there is none.
 */
public sealed interface FileResult {
  /** {@return the file as it was given} */
  Path file();

  /**
   * {@return the channel of the file, counted from 1, where one or each was selected; empty for the
   * mix, and for a file that failed before its channels were known}
   *
   * @see RecognizerOptions#withChannels
   */
  OptionalInt channel();

  /**
   * The result of a file that was classified.
   *
   * @param file the file
   * @param channel the channel, counted from 1; empty for the mix
   * @param recognition its classification
   */
  record Recognized(Path file, OptionalInt channel, Recognition recognition) implements FileResult {
    /** Refuses nulls. */
    public Recognized {
      Objects.requireNonNull(file, "file");
      Objects.requireNonNull(channel, "channel");
      Objects.requireNonNull(recognition, "recognition");
    }
  }

  /**
   * The result of a file that could not be classified.
   *
   * @param file the file
   * @param channel the channel, counted from 1; empty for the mix or where it is not known
   * @param reason the failure, one sentence
   */
  record Failed(Path file, OptionalInt channel, SerException reason) implements FileResult {
    /** Refuses nulls. */
    public Failed {
      Objects.requireNonNull(file, "file");
      Objects.requireNonNull(channel, "channel");
      Objects.requireNonNull(reason, "reason");
    }
  }
}
