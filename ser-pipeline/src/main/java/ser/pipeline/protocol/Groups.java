package ser.pipeline.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import ser.api.SerException;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;

/** Leave-one-group-out cross-validation. */
final class Groups {
  private Groups() {}

  /**
   * Makes a fold for each set of groups, which tests these and trains on the others.
   *
   * @param group the key of an utterance's group, for example its speaker
   * @param tested the keys that each fold tests, fold by fold; every key of the corpus in exactly
   *     one of them
   */
  static List<Fold> leaveOneGroupOut(
      Corpus corpus,
      Function<Utterance, String> group,
      List<Set<String>> tested,
      Development development) {
    List<Fold> folds = new ArrayList<>();
    for (int k = 0; k < tested.size(); k++) {
      Set<String> test = tested.get(k);
      Set<String> next =
          development == Development.NONE ? Set.of() : tested.get((k + 1) % tested.size());
      List<Utterance> trainPart = new ArrayList<>();
      List<Utterance> developmentPart = new ArrayList<>();
      List<Utterance> testPart = new ArrayList<>();
      for (Utterance utterance : corpus.utterances()) {
        String key = group.apply(utterance);
        if (test.contains(key)) {
          testPart.add(utterance);
        } else if (next.contains(key)) {
          developmentPart.add(utterance);
        } else {
          trainPart.add(utterance);
        }
      }
      folds.add(new Fold(k + 1, trainPart, developmentPart, testPart));
    }
    return folds;
  }

  /**
   * Fails unless a corpus has exactly the groups that a protocol divides.
   *
   * @param kind what a group is, for the message, for example {@code "speakers"}
   */
  static void require(
      String protocol, Corpus corpus, String kind, Set<String> expected, Set<String> found) {
    String missing = difference(expected, found);
    String unknown = difference(found, expected);
    List<String> faults = new ArrayList<>();
    if (!missing.isEmpty()) {
      faults.add("it lacks the %s %s".formatted(kind, missing));
    }
    if (!unknown.isEmpty()) {
      faults.add("it has the other %s %s".formatted(kind, unknown));
    }
    if (!faults.isEmpty()) {
      throw new SerException(
          "%s does not fit corpus %s: %s; expected the %s %s"
              .formatted(
                  protocol,
                  corpus.name(),
                  String.join(", ", faults),
                  kind,
                  expected.stream().sorted().collect(Collectors.joining(", "))));
    }
  }

  private static String difference(Set<String> from, Set<String> without) {
    return from.stream()
        .filter(key -> !without.contains(key))
        .sorted()
        .collect(Collectors.joining(", "));
  }
}
