package ser.pipeline.alignment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import ser.api.SerException;
import ser.graph.tensor.Tensor;

/**
 * The alignment of a clip's attention with its amplitude. With a_j the attention that step j of T
 * receives, scaled to a sum of 1, e_j the RMS pooled over the frames of step j, and t* the time of
 * the frame of the largest RMS:
 *
 * <pre>
 * correlation   Pearson's and Spearman's of a and e (ties: mean rank); 0 where either is constant
 * mass          Σ a_j over the q·T steps of the largest e_j, q = 1/10, 1/4, 1/2; a step that is
 *               partly among them counts in part, steps of equal e_j in equal parts
 * distance      |argmax a · seconds per step − t*|; of several equal peaks, the mean
 * entropy       −Σ a_j ln a_j / ln T; 1 for a single step
 * FA            mean over queries of |P_i − t*| and of Z_i in seconds, and the share of queries
 *               with |P_i − t*| ≤ Z_i (Luong et al. 2015: a window of ±D has the deviation D/2)
 * CA            mean of the gates; their standard deviation over the heads of a block, mean over
 *               steps; their standard deviation over steps, mean over heads
 * </pre>
 *
 * <p>A constant has no peak: of a uniform attention or a constant amplitude the distances are
 * missing. Attention counts as constant where it differs by at most 1e-5 of its largest value, the
 * rounding of an engine. Times compare the centre of a step with the centre of a frame: the nearest
 * step to a peak is up to half a step away, 40 ms of 80 ms, so that a distance below 50 ms is the
 * best that such steps can show.
 *
 * @param mean of the attention averaged over all heads; of FA's and CA's measures, the mean over
 *     heads. A measure that is not defined on the clip is missing
 * @param heads of each head, those of the first block first; without {@link
 *     AlignmentMeasure#GATE_OVER_HEADS}
 */
public record Alignment(
    Map<AlignmentMeasure, Double> mean, List<Map<AlignmentMeasure, Double>> heads) {
  private static final double FLAT = 1e-5;
  private static final double TIE = 1e-6;

  /** Copies the measures. */
  public Alignment {
    mean = Collections.unmodifiableMap(copy(mean));
    List<Map<AlignmentMeasure, Double>> copies = new ArrayList<>();
    heads.forEach(head -> copies.add(Collections.unmodifiableMap(copy(head))));
    heads = List.copyOf(copies);
  }

  private static Map<AlignmentMeasure, Double> copy(Map<AlignmentMeasure, Double> measures) {
    Map<AlignmentMeasure, Double> copy = new EnumMap<>(AlignmentMeasure.class);
    copy.putAll(measures);
    return copy;
  }

  /**
   * Measures a clip.
   *
   * @param trace its attentions and amplitude
   * @return the measures
   */
  public static Alignment of(AttentionTrace trace) {
    return of(trace, trace.envelope());
  }

  /**
   * Measures a clip's attentions against an amplitude, for example another clip's.
   *
   * @param trace the attentions
   * @param envelope the amplitude, of as many frames as the trace's
   * @return the measures
   * @throws SerException when the envelope has another number of steps
   */
  public static Alignment of(AttentionTrace trace, AmplitudeEnvelope envelope) {
    if (envelope.steps() != trace.steps()) {
      throw new SerException(
          "alignment: an envelope of %d steps for a trace of %d; expected as many"
              .formatted(envelope.steps(), trace.steps()));
    }
    Amplitude amplitude = Amplitude.of(envelope);
    Map<AlignmentMeasure, Double> mean = received(trace.meanReceived(), amplitude);
    List<Map<AlignmentMeasure, Double>> heads = new ArrayList<>();
    for (int head = 0; head < trace.heads(); head++) {
      Map<AlignmentMeasure, Double> measures =
          received(trace.row(trace.received(), head), amplitude);
      if (trace.centre().isPresent() && trace.width().isPresent()) {
        focus(
            trace.row(trace.centre().get(), head),
            trace.row(trace.width().get(), head),
            amplitude,
            measures);
      }
      if (trace.gates().isPresent()) {
        float[] gates = trace.row(trace.gates().get(), head);
        measures.put(AlignmentMeasure.GATE, mean(gates));
        measures.put(AlignmentMeasure.GATE_OVER_TIME, standardDeviation(gates));
      }
      heads.add(measures);
    }
    for (AlignmentMeasure measure :
        List.of(
            AlignmentMeasure.CENTRE_DISTANCE,
            AlignmentMeasure.WIDTH,
            AlignmentMeasure.WINDOW_HOLDS_PEAK,
            AlignmentMeasure.GATE,
            AlignmentMeasure.GATE_OVER_TIME)) {
      heads.stream()
          .filter(head -> head.containsKey(measure))
          .mapToDouble(head -> head.get(measure))
          .average()
          .ifPresent(value -> mean.put(measure, value));
    }
    trace
        .gates()
        .ifPresent(
            gates ->
                mean.put(AlignmentMeasure.GATE_OVER_HEADS, spreadOverHeads(gates, trace.blocks())));
    return new Alignment(mean, heads);
  }

  /**
   * Amplitude as the measures need it.
   *
   * @param perStep e, [steps]
   * @param flat whether e is constant
   * @param byLoudness indices of the steps, the loudest first
   * @param peaks t* in seconds; several where several frames are equally loud, none of a constant
   * @param secondsPerStep the distance of two steps
   */
  @SuppressWarnings("ArrayRecordComponent") // short-lived, never compared
  private record Amplitude(
      float[] perStep, boolean flat, int[] byLoudness, double[] peaks, double secondsPerStep) {
    static Amplitude of(AmplitudeEnvelope envelope) {
      float[] perStep = envelope.perStep();
      int[] byLoudness =
          IntStream.range(0, perStep.length)
              .boxed()
              .sorted((a, b) -> Float.compare(perStep[b], perStep[a]))
              .mapToInt(step -> step)
              .toArray();
      float[] rms = envelope.rms();
      float largest = largest(rms);
      double[] peaks =
          isFlat(rms)
              ? new double[0]
              : IntStream.range(0, rms.length)
                  .filter(frame -> rms[frame] == largest)
                  .mapToDouble(frame -> frame * envelope.secondsPerFrame())
                  .toArray();
      return new Amplitude(perStep, isFlat(perStep), byLoudness, peaks, envelope.secondsPerStep());
    }
  }

  private static Map<AlignmentMeasure, Double> received(float[] received, Amplitude amplitude) {
    Map<AlignmentMeasure, Double> measures = new EnumMap<>(AlignmentMeasure.class);
    boolean flat = isFlat(received);
    boolean correlates = !flat && !amplitude.flat();
    float[] loudness = amplitude.perStep();
    measures.put(
        AlignmentMeasure.PEARSON, correlates ? pearson(doubles(received), doubles(loudness)) : 0);
    measures.put(
        AlignmentMeasure.SPEARMAN, correlates ? pearson(ranks(received), ranks(loudness)) : 0);
    measures.put(AlignmentMeasure.LOUDEST_TENTH, mass(received, amplitude, 0.1));
    measures.put(AlignmentMeasure.LOUDEST_QUARTER, mass(received, amplitude, 0.25));
    measures.put(AlignmentMeasure.LOUDEST_HALF, mass(received, amplitude, 0.5));
    measures.put(AlignmentMeasure.ENTROPY, entropy(received));
    if (!flat && amplitude.peaks().length > 0) {
      float largest = largest(received);
      double distance = 0;
      double within50 = 0;
      double within160 = 0;
      int pairs = 0;
      for (int step = 0; step < received.length; step++) {
        if (received[step] < largest * (1 - TIE)) {
          continue;
        }
        for (double peak : amplitude.peaks()) {
          double seconds = Math.abs(step * amplitude.secondsPerStep() - peak);
          distance += seconds;
          within50 += seconds <= 0.05 + 1e-9 ? 1 : 0;
          within160 += seconds <= 0.16 + 1e-9 ? 1 : 0;
          pairs++;
        }
      }
      measures.put(AlignmentMeasure.PEAK_DISTANCE, distance / pairs);
      measures.put(AlignmentMeasure.PEAK_WITHIN_50_MS, within50 / pairs);
      measures.put(AlignmentMeasure.PEAK_WITHIN_160_MS, within160 / pairs);
    }
    return measures;
  }

  private static void focus(
      float[] centre, float[] width, Amplitude amplitude, Map<AlignmentMeasure, Double> measures) {
    measures.put(AlignmentMeasure.WIDTH, mean(width) * amplitude.secondsPerStep());
    if (amplitude.peaks().length == 0) {
      return;
    }
    double distance = 0;
    double holding = 0;
    for (int query = 0; query < centre.length; query++) {
      for (double peak : amplitude.peaks()) {
        double seconds = Math.abs(centre[query] * amplitude.secondsPerStep() - peak);
        distance += seconds;
        holding += seconds <= width[query] * amplitude.secondsPerStep() ? 1 : 0;
      }
    }
    double pairs = (double) centre.length * amplitude.peaks().length;
    measures.put(AlignmentMeasure.CENTRE_DISTANCE, distance / pairs);
    measures.put(AlignmentMeasure.WINDOW_HOLDS_PEAK, holding / pairs);
  }

  /** The share of the loudest steps; within steps of equal amplitude, in equal parts. */
  private static double mass(float[] received, Amplitude amplitude, double share) {
    int[] order = amplitude.byLoudness();
    double total = 0;
    for (float value : received) {
      total += value;
    }
    double remaining = share * received.length;
    double mass = 0;
    for (int from = 0; from < order.length && remaining > 0; ) {
      float loudness = amplitude.perStep()[order[from]];
      int to = from;
      double group = 0;
      while (to < order.length && amplitude.perStep()[order[to]] == loudness) {
        group += received[order[to++]];
      }
      mass += group * Math.min(1, remaining / (to - from));
      remaining -= to - from;
      from = to;
    }
    return mass / total;
  }

  private static double entropy(float[] received) {
    if (received.length == 1) {
      return 1;
    }
    double total = 0;
    for (float value : received) {
      total += value;
    }
    double entropy = 0;
    for (float value : received) {
      double share = value / total;
      entropy -= share > 0 ? share * Math.log(share) : 0;
    }
    return entropy / Math.log(received.length);
  }

  private static double pearson(double[] x, double[] y) {
    double meanX = Arrays.stream(x).average().orElse(0);
    double meanY = Arrays.stream(y).average().orElse(0);
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (int i = 0; i < x.length; i++) {
      double dx = x[i] - meanX;
      double dy = y[i] - meanY;
      xx += dx * dx;
      yy += dy * dy;
      xy += dx * dy;
    }
    return xx == 0 || yy == 0 ? 0 : xy / Math.sqrt(xx * yy);
  }

  /** Ranks from 1; equal values have the mean of theirs. */
  private static double[] ranks(float[] values) {
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted((a, b) -> Float.compare(values[a], values[b]))
            .mapToInt(i -> i)
            .toArray();
    double[] ranks = new double[values.length];
    for (int from = 0; from < order.length; ) {
      int to = from;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order[i]] = (from + 1 + to) / 2.0;
      }
      from = to;
    }
    return ranks;
  }

  /** The standard deviation over the heads of each block, mean over steps and blocks. */
  private static double spreadOverHeads(Tensor gates, int blocks) {
    int heads = (int) gates.dim(0) / blocks;
    int steps = (int) gates.dim(1);
    float[] values = gates.floats();
    float[] column = new float[heads];
    double sum = 0;
    for (int block = 0; block < blocks; block++) {
      for (int step = 0; step < steps; step++) {
        for (int head = 0; head < heads; head++) {
          column[head] = values[(block * heads + head) * steps + step];
        }
        sum += standardDeviation(column);
      }
    }
    return sum / ((double) blocks * steps);
  }

  private static boolean isFlat(float[] values) {
    float smallest = values[0];
    for (float value : values) {
      smallest = Math.min(smallest, value);
    }
    float largest = largest(values);
    return largest - smallest <= FLAT * largest;
  }

  private static float largest(float[] values) {
    float largest = values[0];
    for (float value : values) {
      largest = Math.max(largest, value);
    }
    return largest;
  }

  private static double mean(float[] values) {
    return Arrays.stream(doubles(values)).average().orElse(0);
  }

  /** Of the population: gates are all there are. */
  private static double standardDeviation(float[] values) {
    double mean = mean(values);
    double squares = 0;
    for (float value : values) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / values.length);
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
