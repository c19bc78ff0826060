package ser.pipeline.alignment;

import java.util.List;

/**
 * The trace of a file.
 *
 * @param trace of its speech
 * @param seconds the duration of the file
 * @param notes repairs and choices in reading
 */
public record TracedFile(AttentionTrace trace, double seconds, List<String> notes) {
  /** Copies the list. */
  public TracedFile {
    notes = List.copyOf(notes);
  }
}
