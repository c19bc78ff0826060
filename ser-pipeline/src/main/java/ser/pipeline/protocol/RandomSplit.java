package ser.pipeline.protocol;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import ser.api.SerException;
import ser.pipeline.corpus.AudioIdentity;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.corpus.UtteranceAudio;

/**
 * Five folds of 80 % training, 10 % development and 10 % test, stratified by class,
 * <em>without</em> regard to speakers. It exists to compare with papers that evaluate so.
 *
 * <p>Lots are drawn once, into ten parts; fold k tests part 2k−1 and develops on part 2k, so that
 * no utterance is tested twice and pooled figures count each once. Identical recordings always fall
 * into the same part. Audio files are read to find them.
 */
record RandomSplit() implements Protocol {
  private static final int FOLDS = 5;
  private static final int PARTS = 2 * FOLDS;

  @Override
  public String name() {
    return "random";
  }

  @Override
  public Optional<String> warning() {
    return Optional.of(
        "protocol random: the same speakers are in training and in test, so these figures are not"
            + " speaker-independent and overstate what to expect of unseen speakers");
  }

  @Override
  public boolean speakerIndependent() {
    return false;
  }

  @Override
  public OptionalInt foldCount() {
    return OptionalInt.of(FOLDS);
  }

  @Override
  public List<Fold> folds(Corpus corpus, long seed, Development development) {
    Map<String, List<Utterance>> recordings = new LinkedHashMap<>();
    List<Utterance> clips = corpus.utterances();
    List<String> digests =
        clips.parallelStream()
            .map(clip -> AudioIdentity.digest(UtteranceAudio.read(clip)))
            .toList();
    for (int i = 0; i < clips.size(); i++) {
      recordings.computeIfAbsent(digests.get(i), key -> new ArrayList<>()).add(clips.get(i));
    }
    if (recordings.size() < PARTS) {
      throw new SerException(
          "random does not fit corpus %s: found %d different recordings; expected at least %d"
              .formatted(corpus.name(), recordings.size(), PARTS));
    }
    Map<String, Integer> partOf = deal(corpus, recordings.values(), new Random(seed));
    return IntStream.range(0, FOLDS)
        .mapToObj(
            k -> {
              int testPart = 2 * k;
              int developmentPart = development == Development.NONE ? -1 : testPart + 1;
              return new Fold(
                  k + 1,
                  select(corpus, partOf, part -> part != testPart && part != developmentPart),
                  select(corpus, partOf, part -> part == developmentPart),
                  select(corpus, partOf, part -> part == testPart));
            })
        .toList();
  }

  private static List<Utterance> select(
      Corpus corpus, Map<String, Integer> partOf, Predicate<Integer> chosen) {
    return corpus.utterances().stream()
        .filter(utterance -> chosen.test(partOf.getOrDefault(utterance.id(), -1)))
        .toList();
  }

  /** The part, from 0, that each utterance falls into, by its id. */
  private static Map<String, Integer> deal(
      Corpus corpus, Collection<List<Utterance>> recordings, Random random) {
    Map<String, Integer> partOf = new HashMap<>();
    int next = 0; // goes on from class to class, which keeps the parts' totals even
    for (String label : corpus.labels()) {
      List<List<Utterance>> ofClass =
          new ArrayList<>(
              recordings.stream().filter(same -> same.get(0).label().equals(label)).toList());
      Collections.shuffle(ofClass, random);
      for (List<Utterance> same : ofClass) {
        for (Utterance utterance : same) {
          partOf.put(utterance.id(), next);
        }
        next = (next + 1) % PARTS;
      }
    }
    return partOf;
  }
}
