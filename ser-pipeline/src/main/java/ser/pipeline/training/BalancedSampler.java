package ser.pipeline.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import ser.pipeline.corpus.Utterance;

/**
 * Draws clips by {@link Sampling#BALANCED}. Draws are systematic: equally spaced on the cumulative
 * weights from one random offset, so that a clip whose expected count is n is drawn ⌊n⌋ or ⌈n⌉
 * times.
 */
final class BalancedSampler {
  private final double[] weights; // of each clip; their sum is 1

  BalancedSampler(List<Utterance> utterances) {
    Map<List<String>, Set<String>> parts = new HashMap<>();
    Map<List<String>, Integer> clips = new HashMap<>();
    for (Utterance utterance : utterances) {
      List<String> path = path(utterance);
      for (int depth = 0; depth < path.size(); depth++) {
        parts
            .computeIfAbsent(path.subList(0, depth), group -> new HashSet<>())
            .add(path.get(depth));
      }
      clips.merge(path, 1, Integer::sum);
    }
    weights =
        utterances.stream()
            .mapToDouble(utterance -> weight(path(utterance), parts, clips))
            .toArray();
  }

  private static List<String> path(Utterance utterance) {
    return List.of(utterance.corpus(), utterance.label(), utterance.speaker());
  }

  private static double weight(
      List<String> path, Map<List<String>, Set<String>> parts, Map<List<String>, Integer> clips) {
    double weight = 1.0 / clips.getOrDefault(path, 1);
    for (int depth = 0; depth < path.size(); depth++) {
      weight /= parts.getOrDefault(path.subList(0, depth), Set.of("")).size();
    }
    return weight;
  }

  /**
   * Draws as many clips as there are.
   *
   * @return their indices, ascending; some more than once, others not at all
   */
  List<Integer> draw(RandomGenerator random) {
    List<Integer> drawn = new ArrayList<>();
    double next = random.nextDouble();
    double cumulative = 0;
    for (int i = 0; i < weights.length; i++) {
      cumulative += weights[i] * weights.length;
      while (next < cumulative && drawn.size() < weights.length) {
        drawn.add(i);
        next++;
      }
    }
    while (drawn.size() < weights.length) { // where rounding ended before the last draw
      drawn.add(weights.length - 1);
    }
    return drawn;
  }
}
