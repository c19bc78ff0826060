package ser.api.recognition;

import java.util.OptionalDouble;

/** Told how far {@link EmotionRecognizer#timeline} has come in a file. */
@FunctionalInterface
public interface TimelineProgress {
  /**
   * @param seconds how much of the file has been heard
   * @param totalSeconds how long the file is, where it says so
   */
  void heard(double seconds, OptionalDouble totalSeconds);
}
