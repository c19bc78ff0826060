package ser.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import ser.pipeline.corpus.Utterance;

class BalancedSamplerTests {
  private final List<Utterance> utterances = new ArrayList<>();

  BalancedSamplerTests() {
    add("large", "happy", "a", 50);
    add("large", "happy", "b", 10);
    add("large", "sad", "a", 20);
    add("small", "happy", "a", 5);
    add("small", "sad", "c", 10);
    add("small", "angry", "c", 5);
    Collections.shuffle(utterances, new Random(1));
  }

  private void add(String corpus, String label, String speaker, int clips) {
    for (int i = 0; i < clips; i++) {
      String id = corpus + label + speaker + i;
      utterances.add(Utterance.of(corpus, id, Path.of(id), label, speaker));
    }
  }

  @Test
  void corporaThenClassesThenSpeakersAreDrawnEquallyOften() {
    BalancedSampler sampler = new BalancedSampler(utterances);
    SplittableRandom random = new SplittableRandom(7);
    Map<String, Double> shares = new TreeMap<>();
    int epochs = 400;
    for (int epoch = 0; epoch < epochs; epoch++) {
      for (int index : sampler.draw(random)) {
        Utterance clip = utterances.get(index);
        String part = clip.corpus() + " " + clip.label() + " " + clip.speaker();
        shares.merge(part, 1.0 / (100 * epochs), Double::sum);
      }
    }
    Map<String, Double> expected =
        Map.of(
            "large happy a", 1 / 8.0,
            "large happy b", 1 / 8.0,
            "large sad a", 1 / 4.0,
            "small happy a", 1 / 6.0,
            "small sad c", 1 / 6.0,
            "small angry c", 1 / 6.0);
    assertThat(shares).containsOnlyKeys(expected.keySet());
    expected.forEach((part, share) -> assertThat(shares.get(part)).isCloseTo(share, within(2e-3)));
  }

  @Test
  void aClipIsDrawnTheWholeNumberBelowOrAboveItsExpectedCount() {
    BalancedSampler sampler = new BalancedSampler(utterances);
    for (int seed = 0; seed < 100; seed++) {
      List<Integer> drawn = sampler.draw(new SplittableRandom(seed));
      assertThat(drawn).hasSize(100).isSorted();
      Map<Integer, Integer> counts = new HashMap<>();
      drawn.forEach(index -> counts.merge(index, 1, Integer::sum));
      for (int i = 0; i < 100; i++) {
        Utterance clip = utterances.get(i);
        int count = counts.getOrDefault(i, 0);
        if (clip.corpus().equals("small") && !clip.label().equals("sad")) {
          assertThat(count).as("of 100/6/5 = 3.33").isBetween(3, 4);
        } else if (clip.corpus().equals("large") && clip.speaker().equals("b")) {
          assertThat(count).as("of 100/8/10 = 1.25").isBetween(1, 2);
        }
      }
    }
  }
}
