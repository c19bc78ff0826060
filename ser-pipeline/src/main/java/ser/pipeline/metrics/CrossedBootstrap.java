package ser.pipeline.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Draws of a bootstrap over two crossed factors, speakers and seeds: each draw takes as many
 * speakers as there are and, independently, as many seeds as there are, with replacement (the
 * pigeonhole bootstrap of Owen 2007). Intervals cover the variation between speakers and that
 * between trainings.
 *
 * <p>The draws follow from the two numbers and the random seed alone: figures computed on the draws
 * of the same sizes are paired, so that a difference of two variants is the difference within each
 * draw. Immutable.
 */
public final class CrossedBootstrap {
  private static final int RESAMPLES = 2000;

  private final List<Draw> draws;

  /**
   * One draw. The arrays must not be changed.
   *
   * @param speakers how often each speaker is drawn, [speakers]
   * @param seeds how often each seed is drawn, [seeds]
   */
  @SuppressWarnings("ArrayRecordComponent") // small, read by one caller, never compared
  public record Draw(int[] speakers, int[] seeds) {}

  private CrossedBootstrap(List<Draw> draws) {
    this.draws = draws;
  }

  /**
   * Makes 2,000 draws.
   *
   * @param speakers the number of speakers, two or more
   * @param seeds the number of seeds, one or more; one is drawn every time
   * @param randomSeed of the draws
   * @return the draws
   * @throws IllegalArgumentException when there are too few speakers or seeds
   */
  public static CrossedBootstrap of(int speakers, int seeds, long randomSeed) {
    if (speakers < 2 || seeds < 1) {
      throw new IllegalArgumentException(
          "%d speakers and %d seeds; expected two and one, or more".formatted(speakers, seeds));
    }
    Random random = new Random(randomSeed);
    List<Draw> draws = new ArrayList<>();
    for (int i = 0; i < RESAMPLES; i++) {
      draws.add(new Draw(draw(speakers, random), draw(seeds, random)));
    }
    return new CrossedBootstrap(draws);
  }

  private static int[] draw(int count, Random random) {
    int[] times = new int[count];
    for (int i = 0; i < count; i++) {
      times[random.nextInt(count)]++;
    }
    return times;
  }

  /** {@return the draws} */
  public List<Draw> draws() {
    return draws;
  }

  /**
   * Computes the 95 % percentile interval.
   *
   * @param values a figure's value on each draw; not changed
   * @return the 2.5 % and 97.5 % quantiles
   */
  public static Interval interval(double[] values) {
    return Quantiles.interval95(values);
  }
}
