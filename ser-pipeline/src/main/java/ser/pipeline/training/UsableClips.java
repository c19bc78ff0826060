package ser.pipeline.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import ser.api.AudioException;
import ser.api.SerException;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;

/**
 * The clips of a corpus whose audio can be used, and those whose audio cannot: files that are
 * missing, damaged, silent or shorter than 0.1 s. One such file does not end a run of thousands.
 *
 * @param corpus the corpus without the clips that cannot be used; its labels are unchanged
 * @param leftOut the clips that cannot be used, in the corpus's order
 */
public record UsableClips(Corpus corpus, List<UnusableClip> leftOut) {
  private static final int NAMED = 3;

  /** Copies the list. */
  public UsableClips {
    leftOut = List.copyOf(leftOut);
  }

  /**
   * Decodes every clip of a corpus, on all cores.
   *
   * @param corpus the corpus
   * @return its usable clips
   * @throws SerException when no clip can be used
   */
  public static UsableClips of(Corpus corpus) {
    List<Utterance> all = corpus.utterances();
    List<Optional<String>> faults = all.parallelStream().map(UsableClips::fault).toList();
    List<Utterance> usable =
        IntStream.range(0, all.size())
            .filter(i -> faults.get(i).isEmpty())
            .mapToObj(all::get)
            .toList();
    List<UnusableClip> leftOut = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Utterance utterance = all.get(i);
      faults
          .get(i)
          .ifPresent(fault -> leftOut.add(new UnusableClip(corpus.idOf(utterance), fault)));
    }
    if (usable.isEmpty()) {
      throw new SerException(
          "corpus %s: none of its %d clips can be used; the first: %s"
              .formatted(corpus.name(), all.size(), leftOut.get(0).reason()));
    }
    return new UsableClips(corpus.withUtterances(usable), leftOut);
  }

  /**
   * Requires that no clip is left out.
   *
   * @throws SerException when one is; gives their number and the first few reasons
   */
  public void requireAll() {
    if (!leftOut.isEmpty()) {
      throw new SerException(
          "corpus %s: %d of %d clips cannot be used: %s%s"
              .formatted(
                  corpus.name(),
                  leftOut.size(),
                  leftOut.size() + corpus.utterances().size(),
                  String.join(
                      "; ", leftOut.stream().limit(NAMED).map(UnusableClip::reason).toList()),
                  leftOut.size() > NAMED ? "; and %d more".formatted(leftOut.size() - NAMED) : ""));
    }
  }

  /** {@return the reason why a clip cannot be used; empty when it can} */
  private static Optional<String> fault(Utterance utterance) {
    try {
      FeatureCache.readSpeech(utterance);
      return Optional.empty();
    } catch (AudioException e) {
      return Optional.of(Objects.requireNonNullElse(e.getMessage(), e.toString()));
    }
  }
}
