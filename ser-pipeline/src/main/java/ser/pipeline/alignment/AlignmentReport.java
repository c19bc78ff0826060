package ser.pipeline.alignment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import ser.api.SerException;
import ser.graph.spi.Backend;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.corpus.UtteranceAudio;
import ser.pipeline.metrics.Decimals;
import ser.pipeline.metrics.Interval;
import ser.pipeline.metrics.SpeakerBootstrap;
import ser.pipeline.modelpackage.ModelPackage;

/**
 * The alignment of a model's attention with amplitude on the clips of an evaluation, against the
 * same attention on shuffled clips. A report keeps sums for each speaker, not clips, so that
 * reports of several folds combine to one.
 *
 * <p><b>Shuffled clips.</b> Each clip's attention is measured against the amplitude of another clip
 * of the evaluation, resampled to its length; a shuffle gives each clip's amplitude to exactly one
 * other (a cyclic permutation, Sattolo 1986), drawn by a fixed seed, so that models that are tested
 * on the same clips are compared on the same shuffles. What remains of a measure on shuffled clips
 * is owed to what clips have in common, such as speech being louder in their middle.
 *
 * @param secondsPerStep the distance of two steps
 * @param blocks the number of attention blocks
 * @param heads the number of heads of all blocks
 * @param shuffles the number of shuffles; 0 for a single clip
 * @param speakers the sums of each speaker, by name
 */
public record AlignmentReport(
    double secondsPerStep, int blocks, int heads, int shuffles, List<SpeakerSums> speakers) {
  private static final int SHUFFLES = 10;
  private static final long SHUFFLE_SEED = 1;
  private static final long BOOTSTRAP_SEED = 1;
  private static final int CLIPS_AT_ONCE = 32;

  /**
   * Sums over the clips of a speaker.
   *
   * @param speaker who speaks
   * @param clips the number of clips
   * @param mean sums of the measures of the attention averaged over heads
   * @param heads sums of the measures of each head
   */
  public record SpeakerSums(
      String speaker,
      int clips,
      Map<AlignmentMeasure, Sum> mean,
      List<Map<AlignmentMeasure, Sum>> heads) {}

  /**
   * Sums of a measure over clips.
   *
   * @param clips the number of clips on which the measure is defined
   * @param value sum of the measure over these
   * @param pairs the number of clips on which it is defined on shuffled clips too
   * @param paired sum of the measure over these
   * @param shuffled sum over these of the mean over shuffles
   */
  public record Sum(int clips, double value, int pairs, double paired, double shuffled) {
    static final Sum ZERO = new Sum(0, 0, 0, 0, 0);

    Sum plus(Sum other) {
      return new Sum(
          clips + other.clips,
          value + other.value,
          pairs + other.pairs,
          paired + other.paired,
          shuffled + other.shuffled);
    }
  }

  /** Copies the list. */
  public AlignmentReport {
    speakers = List.copyOf(speakers);
  }

  /**
   * Measures the alignment of a model on clips. Clips are decoded and traced some at a time; of
   * each, the attention received and the amplitude are held, a hundredth of its features.
   *
   * @param model the model
   * @param backend computes; stays the caller's
   * @param corpus the corpus of the clips, which names their speakers
   * @param utterances the clips, one or more
   * @return the report
   * @throws ser.api.AudioException when a clip cannot be read, is too short or silent; names it
   * @throws SerException when there is no clip, or the engine fails
   */
  public static AlignmentReport of(
      ModelPackage model, Backend backend, Corpus corpus, List<Utterance> utterances) {
    List<AttentionTrace> traces = new ArrayList<>();
    try (AttentionProbe probe = AttentionProbe.compile(model, backend)) {
      for (int from = 0; from < utterances.size(); from += CLIPS_AT_ONCE) {
        List<Utterance> some =
            utterances.subList(from, Math.min(utterances.size(), from + CLIPS_AT_ONCE));
        traces.addAll(
            probe.traces(
                some.parallelStream()
                    .map(clip -> probe.speech(clip.source(), UtteranceAudio.read(clip)))
                    .toList()));
      }
    }
    return of(traces, utterances.stream().map(corpus::speakerOf).toList());
  }

  /**
   * Measures the alignment of traced clips.
   *
   * @param traces of one model, one or more
   * @param speakers the speaker of each
   * @return the report
   * @throws SerException when there is no trace, or not one speaker for each
   */
  public static AlignmentReport of(List<AttentionTrace> traces, List<String> speakers) {
    if (traces.isEmpty() || traces.size() != speakers.size()) {
      throw new SerException(
          "alignment: %d traces of %d speakers; expected one or more, and a speaker for each"
              .formatted(traces.size(), speakers.size()));
    }
    AttentionTrace first = traces.get(0);
    int shuffles = traces.size() > 1 ? SHUFFLES : 0;
    List<int[]> others = shuffles(traces.size(), shuffles);
    Map<String, List<SpeakerSums>> bySpeaker = new TreeMap<>();
    for (int clip = 0; clip < traces.size(); clip++) {
      AttentionTrace trace = traces.get(clip);
      Alignment own = Alignment.of(trace);
      List<Alignment> shuffled = new ArrayList<>();
      for (int[] other : others) {
        shuffled.add(
            Alignment.of(
                trace, traces.get(other[clip]).envelope().resampledTo(trace.envelope().frames())));
      }
      List<Map<AlignmentMeasure, Sum>> heads = new ArrayList<>();
      for (int head = 0; head < trace.heads(); head++) {
        int row = head;
        heads.add(
            sums(
                own.heads().get(row),
                shuffled.stream().map(some -> some.heads().get(row)).toList()));
      }
      bySpeaker
          .computeIfAbsent(speakers.get(clip), name -> new ArrayList<>())
          .add(
              new SpeakerSums(
                  speakers.get(clip),
                  1,
                  sums(own.mean(), shuffled.stream().map(Alignment::mean).toList()),
                  heads));
    }
    return new AlignmentReport(
        first.secondsPerStep(),
        first.blocks(),
        first.heads(),
        shuffles,
        bySpeaker.values().stream().map(AlignmentReport::merged).toList());
  }

  /** Cyclic permutations: no clip stays in its place. */
  private static List<int[]> shuffles(int clips, int count) {
    Random random = new Random(SHUFFLE_SEED);
    List<int[]> shuffles = new ArrayList<>();
    for (int shuffle = 0; shuffle < count; shuffle++) {
      int[] order = new int[clips];
      Arrays.setAll(order, i -> i);
      for (int i = clips - 1; i > 0; i--) {
        int other = random.nextInt(i);
        int moved = order[i];
        order[i] = order[other];
        order[other] = moved;
      }
      shuffles.add(order);
    }
    return shuffles;
  }

  /** The sums of one clip. */
  private static Map<AlignmentMeasure, Sum> sums(
      Map<AlignmentMeasure, Double> own, List<Map<AlignmentMeasure, Double>> shuffled) {
    Map<AlignmentMeasure, Sum> sums = new EnumMap<>(AlignmentMeasure.class);
    own.forEach(
        (measure, value) -> {
          double[] others =
              measure.comparesAmplitude()
                  ? shuffled.stream()
                      .flatMap(some -> Optional.ofNullable(some.get(measure)).stream())
                      .mapToDouble(other -> other)
                      .toArray()
                  : new double[0];
          sums.put(
              measure,
              others.length == 0
                  ? new Sum(1, value, 0, 0, 0)
                  : new Sum(1, value, 1, value, Arrays.stream(others).average().orElseThrow()));
        });
    return sums;
  }

  private static SpeakerSums merged(List<SpeakerSums> some) {
    SpeakerSums first = some.get(0);
    List<Map<AlignmentMeasure, Sum>> heads = new ArrayList<>();
    for (int head = 0; head < first.heads().size(); head++) {
      int row = head;
      heads.add(total(some.stream().map(sums -> sums.heads().get(row)).toList()));
    }
    return new SpeakerSums(
        first.speaker(),
        some.stream().mapToInt(SpeakerSums::clips).sum(),
        total(some.stream().map(SpeakerSums::mean).toList()),
        heads);
  }

  private static Map<AlignmentMeasure, Sum> total(List<Map<AlignmentMeasure, Sum>> some) {
    Map<AlignmentMeasure, Sum> total = new EnumMap<>(AlignmentMeasure.class);
    some.forEach(sums -> sums.forEach((measure, sum) -> total.merge(measure, sum, Sum::plus)));
    return total;
  }

  /**
   * Combines the reports of models with the same attentions, for example of all folds, to one over
   * all their clips.
   *
   * @param reports one or more
   * @return the report
   * @throws SerException when there is none, or steps, blocks or heads differ
   */
  public static AlignmentReport combine(List<AlignmentReport> reports) {
    AlignmentReport first =
        reports.stream()
            .findFirst()
            .orElseThrow(() -> new SerException("alignment: no report to combine"));
    Map<String, List<SpeakerSums>> bySpeaker = new TreeMap<>();
    for (AlignmentReport report : reports) {
      if (report.heads != first.heads
          || report.blocks != first.blocks
          || report.secondsPerStep != first.secondsPerStep) {
        throw new SerException(
            "alignment: reports of %d heads in %d blocks at steps of %s s and of %d in %d at %s s cannot be combined; expected equal ones"
                .formatted(
                    first.heads,
                    first.blocks,
                    first.secondsPerStep,
                    report.heads,
                    report.blocks,
                    report.secondsPerStep));
      }
      report.speakers.forEach(
          sums -> bySpeaker.computeIfAbsent(sums.speaker(), name -> new ArrayList<>()).add(sums));
    }
    return new AlignmentReport(
        first.secondsPerStep,
        first.blocks,
        first.heads,
        reports.stream().mapToInt(AlignmentReport::shuffles).min().orElseThrow(),
        bySpeaker.values().stream().map(AlignmentReport::merged).toList());
  }

  /** {@return the number of clips} */
  public int clips() {
    return speakers.stream().mapToInt(SpeakerSums::clips).sum();
  }

  /**
   * Looks up a measure of the attention averaged over heads.
   *
   * @param measure the measure
   * @return its figure; empty where the model does not have it, or no clip
   */
  public Optional<AlignmentFigure> figure(AlignmentMeasure measure) {
    return figure(
        measure,
        speakers.stream().map(sums -> sums.mean().getOrDefault(measure, Sum.ZERO)).toList());
  }

  /**
   * Looks up a measure of one head.
   *
   * @param measure the measure
   * @param head the head, counted over all blocks from 0
   * @return its figure; empty where the model does not have it, or no clip
   */
  public Optional<AlignmentFigure> figure(AlignmentMeasure measure, int head) {
    return figure(
        measure,
        speakers.stream()
            .map(sums -> sums.heads().get(head).getOrDefault(measure, Sum.ZERO))
            .toList());
  }

  private static Optional<AlignmentFigure> figure(AlignmentMeasure measure, List<Sum> speakers) {
    Sum total = speakers.stream().reduce(Sum.ZERO, Sum::plus);
    if (total.clips() == 0) {
      return Optional.empty();
    }
    Optional<AlignmentFigure.Baseline> baseline =
        total.pairs() == 0 || !measure.comparesAmplitude()
            ? Optional.empty()
            : Optional.of(
                new AlignmentFigure.Baseline(
                    total.shuffled() / total.pairs(),
                    (total.paired() - total.shuffled()) / total.pairs(),
                    SpeakerBootstrap.ofMean(
                        speakers.stream().map(sum -> sum.paired() - sum.shuffled()).toList(),
                        speakers.stream().map(Sum::pairs).toList(),
                        BOOTSTRAP_SEED)));
    return Optional.of(
        new AlignmentFigure(
            total.clips(),
            total.value() / total.clips(),
            SpeakerBootstrap.ofMean(
                speakers.stream().map(Sum::value).toList(),
                speakers.stream().map(Sum::clips).toList(),
                BOOTSTRAP_SEED),
            baseline));
  }

  /**
   * Writes the report for a person.
   *
   * @return a table with a row for each measure: the attention averaged over heads with its 95 %
   *     interval, on shuffled clips, the difference with its interval, and each head
   */
  public String toText() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "Alignment of attention with amplitude: %d clips, %d speakers, steps of %.0f ms, %s\n",
            clips(),
            speakers.size(),
            secondsPerStep * 1000,
            shuffles == 0
                ? "no shuffled clips of a single clip"
                : "%d shuffles of clips".formatted(shuffles)));
    StringBuilder heading = new StringBuilder();
    for (int head = 0; head < heads; head++) {
      heading.append(String.format(Locale.ROOT, " %7s", headName(head)));
    }
    text.append(line("measure", "mean", "(95%)", "shuffled", "diff.", "(95%)", heading));
    for (AlignmentMeasure measure : AlignmentMeasure.values()) {
      figure(measure).ifPresent(figure -> text.append(row(measure, figure)));
    }
    return text.toString();
  }

  private String row(AlignmentMeasure measure, AlignmentFigure figure) {
    StringBuilder perHead = new StringBuilder();
    for (int head = 0; head < heads; head++) {
      String value = figure(measure, head).map(some -> Decimals.of(some.value())).orElse("");
      perHead.append(String.format(Locale.ROOT, " %7s", value));
    }
    Optional<AlignmentFigure.Baseline> baseline = figure.baseline();
    return line(
        measure.text() + (figure.clips() < clips() ? " [%d clips]".formatted(figure.clips()) : ""),
        Decimals.of(figure.value()),
        text(figure.interval(), Decimals::of),
        baseline.map(some -> Decimals.of(some.shuffled())).orElse(""),
        baseline.map(some -> Decimals.signed(some.difference())).orElse(""),
        baseline.map(some -> text(some.interval(), Decimals::signed)).orElse(""),
        perHead);
  }

  private static String line(Object... cells) {
    return String.format(Locale.ROOT, "  %-26s %8s %-18s %9s %8s %-20s%s", cells).stripTrailing()
        + "\n";
  }

  /** For example "head 3", or "2.3" for the third head of the second of several blocks. */
  private String headName(int head) {
    int perBlock = heads / blocks;
    return blocks == 1
        ? "head " + (head + 1)
        : "%d.%d".formatted(head / perBlock + 1, head % perBlock + 1);
  }

  private static String text(Optional<Interval> interval, DoubleFunction<String> decimals) {
    return interval
        .map(
            some -> "(%s to %s)".formatted(decimals.apply(some.low()), decimals.apply(some.high())))
        .orElse("");
  }

  /**
   * Converts the report for a JSON file; see the page on formats.
   *
   * @return the figures by the keys of the measures
   */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("clips", clips());
    json.put("speakers", speakers.size());
    json.put("secondsPerStep", secondsPerStep);
    json.put("shuffles", shuffles);
    json.put("mean", figures(Optional.empty()));
    List<Map<String, Object>> perHead = new ArrayList<>();
    for (int head = 0; head < heads; head++) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("block", head / (heads / blocks) + 1);
      one.put("head", head % (heads / blocks) + 1);
      one.putAll(figures(Optional.of(head)));
      perHead.add(one);
    }
    json.put("heads", perHead);
    return json;
  }

  private Map<String, Object> figures(Optional<Integer> head) {
    Map<String, Object> figures = new LinkedHashMap<>();
    for (AlignmentMeasure measure : AlignmentMeasure.values()) {
      head.map(index -> figure(measure, index))
          .orElseGet(() -> figure(measure))
          .ifPresent(figure -> figures.put(measure.key(), json(figure)));
    }
    return figures;
  }

  private static Map<String, Object> json(AlignmentFigure figure) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("clips", figure.clips());
    json.put("value", figure.value());
    figure.interval().ifPresent(interval -> putInterval(json, "value", interval));
    figure
        .baseline()
        .ifPresent(
            baseline -> {
              json.put("shuffled", baseline.shuffled());
              json.put("difference", baseline.difference());
              baseline.interval().ifPresent(interval -> putInterval(json, "difference", interval));
            });
    return json;
  }

  private static void putInterval(Map<String, Object> json, String name, Interval interval) {
    json.put(name + " 95% low", interval.low());
    json.put(name + " 95% high", interval.high());
  }

  /**
   * Writes the report to a file, from which it is read again.
   *
   * @param file the file; an older one of the name is replaced
   * @throws SerException when it cannot be written
   */
  public void write(Path file) {
    AlignmentJson.write(file, this);
  }

  /**
   * Reads a report from a file.
   *
   * @param file written by {@link #write}
   * @return the report
   * @throws SerException when the file is missing, damaged or of a newer version; names it
   */
  public static AlignmentReport read(Path file) {
    return AlignmentJson.read(file);
  }
}
