package ser.pipeline.corpus;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Published numbers of utterances of a corpus, by label or by session, against which a copy is
 * checked.
 *
 * @param groups the labels or sessions of the release, in its order
 */
record ReleaseCounts(List<GroupCount> groups) {

  /** The number of utterances of one label or session in the release. */
  record GroupCount(String name, int count) {}

  static ReleaseCounts of(GroupCount... groups) {
    return new ReleaseCounts(List.of(groups));
  }

  static GroupCount count(String name, int count) {
    return new GroupCount(name, count);
  }

  /** {@return the names of the groups; of counts by label, the labels} */
  List<String> labels() {
    return groups.stream().map(GroupCount::name).toList();
  }

  /** {@return a line on where a copy differs by label; empty when it does not} */
  Optional<String> deviation(List<Utterance> utterances) {
    List<String> differing = differences(utterances, Utterance::label);
    if (differing.isEmpty()) {
      return Optional.empty();
    }
    int release = groups.stream().mapToInt(GroupCount::count).sum();
    return Optional.of(
        "not the full release: %d utterances where it has %d (%s)"
            .formatted(utterances.size(), release, String.join(", ", differing)));
  }

  /**
   * Compares a copy with the release.
   *
   * @param utterances the copy
   * @param group the label or session of an utterance
   * @return for each group that differs its name and both counts, for example {@code "sad 5 of 62"}
   */
  List<String> differences(List<Utterance> utterances, Function<Utterance, String> group) {
    Map<String, Integer> found = new HashMap<>();
    utterances.forEach(utterance -> found.merge(group.apply(utterance), 1, Integer::sum));
    List<String> differing = new ArrayList<>();
    for (GroupCount expected : groups) {
      int count = found.getOrDefault(expected.name(), 0);
      if (count != expected.count()) {
        differing.add("%s %d of %d".formatted(expected.name(), count, expected.count()));
      }
    }
    return differing;
  }
}
