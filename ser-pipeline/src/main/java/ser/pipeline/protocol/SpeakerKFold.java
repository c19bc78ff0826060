package ser.pipeline.protocol;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import ser.api.SerException;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;

/**
 * K folds of disjoint speakers, for any corpus. Speakers are taken in descending order of their
 * numbers of clips, equal ones in an order drawn by the seed, and each joins the group that grows
 * least unbalanced: with the smallest sum, over classes and all clips, of the squared share of the
 * corpus that the group then holds. Each fold tests one group.
 *
 * @param groups the number of folds K, 2 or more
 */
record SpeakerKFold(int groups) implements Protocol {
  static final String NAME = "speaker-kfold";

  static final String FORM = NAME + ":K";

  /** More than any corpus has speakers. */
  private static final int MOST = 100_000;

  SpeakerKFold {
    if (groups < 2 || groups > MOST) {
      throw new SerException("%s has K = %d folds; expected 2 to %d".formatted(NAME, groups, MOST));
    }
  }

  static SpeakerKFold parse(String parameter) {
    try {
      return new SpeakerKFold(Integer.parseInt(parameter));
    } catch (NumberFormatException e) {
      throw new SerException(
          "protocol %s:%s has no number of folds; expected K from 2 to %d, for example %s:5"
              .formatted(NAME, parameter, MOST, NAME),
          e);
    }
  }

  @Override
  public String name() {
    return NAME + ":" + groups;
  }

  @Override
  public OptionalInt foldCount() {
    return OptionalInt.of(groups);
  }

  @Override
  public List<Fold> folds(Corpus corpus, long seed, Development development) {
    List<String> speakers = corpus.speakers();
    int needed = development == Development.NONE ? groups : Math.max(3, groups);
    if (speakers.size() < needed || groups < needed) {
      throw new SerException(
          "%s does not fit corpus %s: found %d speakers; expected at least %d%s"
              .formatted(
                  name(),
                  corpus.name(),
                  speakers.size(),
                  needed,
                  groups < needed ? ", and K of 3 or more with a development part" : ""));
    }
    return Groups.leaveOneGroupOut(corpus, corpus::speakerOf, deal(corpus, seed), development);
  }

  private List<Set<String>> deal(Corpus corpus, long seed) {
    Map<String, Map<String, Integer>> clips = new TreeMap<>();
    for (Utterance utterance : corpus.utterances()) {
      clips
          .computeIfAbsent(corpus.speakerOf(utterance), key -> new HashMap<>())
          .merge(utterance.label(), 1, Integer::sum);
    }
    List<String> order = new ArrayList<>(clips.keySet());
    Collections.shuffle(order, new Random(seed));
    order.sort(
        Comparator.comparingInt((String speaker) -> -total(clips.getOrDefault(speaker, Map.of()))));
    Map<String, Integer> totals = corpus.classCounts();
    List<Set<String>> groupsOfSpeakers = new ArrayList<>();
    List<Map<String, Integer>> held = new ArrayList<>();
    for (int group = 0; group < groups; group++) {
      groupsOfSpeakers.add(new HashSet<>());
      held.add(new HashMap<>());
    }
    for (String speaker : order) {
      Map<String, Integer> added = clips.getOrDefault(speaker, Map.of());
      int best = 0;
      double least = Double.POSITIVE_INFINITY;
      for (int group = 0; group < groups; group++) {
        double growth =
            imbalance(held.get(group), added, totals)
                - imbalance(held.get(group), Map.of(), totals);
        if (growth < least) {
          least = growth;
          best = group;
        }
      }
      groupsOfSpeakers.get(best).add(speaker);
      Map<String, Integer> grown = held.get(best);
      added.forEach((label, count) -> grown.merge(label, count, Integer::sum));
    }
    return groupsOfSpeakers;
  }

  /** The sum of the squared shares of the classes, and of all clips, that a group holds. */
  private static double imbalance(
      Map<String, Integer> held, Map<String, Integer> added, Map<String, Integer> totals) {
    double sum = square((total(held) + total(added)) / (double) total(totals));
    for (Map.Entry<String, Integer> label : totals.entrySet()) {
      if (label.getValue() > 0) {
        int count = held.getOrDefault(label.getKey(), 0) + added.getOrDefault(label.getKey(), 0);
        sum += square(count / (double) label.getValue());
      }
    }
    return sum;
  }

  private static double square(double value) {
    return value * value;
  }

  private static int total(Map<String, Integer> counts) {
    return counts.values().stream().mapToInt(count -> count).sum();
  }
}
