package ser.api;

import java.util.OptionalDouble;

/** Is called with the position in a file while it is processed. */
@FunctionalInterface
public interface ProgressListener {
  /**
   * Called after each piece of the file.
   *
   * @param processedSeconds how much of the file has been processed
   * @param totalSeconds the duration of the file, where its header has it
   */
  void onProgress(double processedSeconds, OptionalDouble totalSeconds);
}
