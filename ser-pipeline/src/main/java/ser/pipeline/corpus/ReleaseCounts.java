package ser.pipeline.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a complete copy of a published corpus holds, so that a partial one does not go unnoticed.
 */
record ReleaseCounts(List<ClassCount> classes) {

  /** The number of utterances of one emotion in the release. */
  record ClassCount(String label, int count) {}

  static ReleaseCounts of(ClassCount... classes) {
    return new ReleaseCounts(List.of(classes));
  }

  static ClassCount count(String label, int count) {
    return new ClassCount(label, count);
  }

  List<String> labels() {
    return classes.stream().map(ClassCount::label).toList();
  }

  /** {@return a line on where a copy differs from the release; empty when it does not} */
  Optional<String> deviation(List<Utterance> utterances) {
    Map<String, Integer> found =
        new Corpus("counted", labels(), utterances, List.of()).classCounts();
    List<String> differing = new ArrayList<>();
    for (ClassCount expected : classes) {
      int count = found.getOrDefault(expected.label(), 0);
      if (count != expected.count()) {
        differing.add("%s %d of %d".formatted(expected.label(), count, expected.count()));
      }
    }
    if (differing.isEmpty()) {
      return Optional.empty();
    }
    int release = classes.stream().mapToInt(ClassCount::count).sum();
    return Optional.of(
        "not the full release: %d utterances where it has %d (%s)"
            .formatted(utterances.size(), release, String.join(", ", differing)));
  }
}
