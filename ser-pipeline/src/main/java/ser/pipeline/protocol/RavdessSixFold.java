package ser.pipeline.protocol;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import ser.pipeline.corpus.Corpus;

/**
 * The six speaker-disjoint folds over RAVDESS's 24 actors that EmoBox (Ma et al. 2024) uses.
 * Speakers are named as RAVDESS names their folders, {@code Actor_01} to {@code Actor_24}.
 */
record RavdessSixFold() implements Protocol {
  static final List<Set<String>> TESTED =
      List.of(
          actors(1, 11, 20, 21),
          actors(4, 10, 12, 14),
          actors(8, 9, 19, 23),
          actors(3, 5, 7, 24),
          actors(2, 15, 16, 18),
          actors(6, 13, 17, 22));

  @Override
  public String name() {
    return "ravdess-6fold";
  }

  @Override
  public OptionalInt foldCount() {
    return OptionalInt.of(TESTED.size());
  }

  @Override
  public List<Fold> folds(Corpus corpus, long seed, Development development) {
    Groups.require(name(), corpus, "speakers", actors(), new HashSet<>(corpus.speakers()));
    return Groups.leaveOneGroupOut(corpus, corpus::speakerOf, TESTED, development);
  }

  /** {@return the 24 actors} */
  static Set<String> actors() {
    return TESTED.stream().flatMap(Set::stream).collect(Collectors.toSet());
  }

  private static Set<String> actors(int... numbers) {
    return Arrays.stream(numbers).mapToObj("Actor_%02d"::formatted).collect(Collectors.toSet());
  }
}
