package ser.pipeline.training;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A clip that is left out because its audio cannot be used.
 *
 * @param utterance the clip's id, as {@link ser.pipeline.corpus.Corpus#idOf} gives it
 * @param reason a sentence: unreadable, silent or too short
 */
public record UnusableClip(String utterance, String reason) {
  private static final int NAMED = 5;

  /**
   * Describes clips in a line.
   *
   * @param clips one or more
   * @return their number, and the reasons of the first five
   */
  public static String summary(List<UnusableClip> clips) {
    String named =
        clips.stream().limit(NAMED).map(UnusableClip::reason).collect(Collectors.joining("; "));
    return "left out %d clip%s whose audio cannot be used: %s%s"
        .formatted(
            clips.size(),
            clips.size() == 1 ? "" : "s",
            named,
            clips.size() > NAMED ? "; and %d more".formatted(clips.size() - NAMED) : "");
  }
}
