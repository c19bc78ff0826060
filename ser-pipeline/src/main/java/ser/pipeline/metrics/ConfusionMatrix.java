package ser.pipeline.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The counts of each class being predicted as each class. Rows are the truth, columns what was
 * predicted, both in label order. Immutable.
 *
 * <p>UA and WA are the field's names (Schuller et al., INTERSPEECH 2009 Emotion Challenge): UA, the
 * unweighted accuracy, gives every class the same weight; WA, the weighted accuracy, every clip.
 * The measures of a matrix without counts are NaN.
 */
public final class ConfusionMatrix {
  private final List<String> labels;
  private final long[][] counts;

  private ConfusionMatrix(List<String> labels, long[][] counts) {
    this.labels = labels;
    this.counts = counts;
  }

  /**
   * Counts predictions.
   *
   * @param labels the classes; a prediction's classes are indices into it
   * @param predictions the predictions to count
   * @return their confusion matrix
   */
  public static ConfusionMatrix of(List<String> labels, List<Prediction> predictions) {
    Builder builder = builder(labels);
    predictions.forEach(prediction -> builder.add(prediction.truth(), prediction.predicted()));
    return builder.build();
  }

  /**
   * Begins an empty matrix.
   *
   * @param labels the classes
   * @return a builder without counts
   */
  public static Builder builder(List<String> labels) {
    return new Builder(labels);
  }

  /** Counts one clip at a time. Not for use by several threads. */
  public static final class Builder {
    private final List<String> labels;
    private final long[][] counts;

    private Builder(List<String> labels) {
      this.labels = List.copyOf(labels);
      this.counts = new long[labels.size()][labels.size()];
    }

    /**
     * Counts a clip.
     *
     * @param truth the index of its label
     * @param predicted the index of the label it was given
     * @return this builder
     * @throws IndexOutOfBoundsException when one of them is not the index of a label
     */
    public Builder add(int truth, int predicted) {
      counts[truth][predicted]++;
      return this;
    }

    /** {@return the matrix of what was counted so far} */
    public ConfusionMatrix build() {
      return new ConfusionMatrix(labels, copy(counts));
    }
  }

  /** {@return the classes, in the order of rows and columns} */
  public List<String> labels() {
    return labels;
  }

  /**
   * Looks a count up.
   *
   * @param truth the index of the true class
   * @param predicted the index of the predicted class
   * @return the number of clips of class {@code truth} that were predicted as {@code predicted}
   */
  public long count(int truth, int predicted) {
    return counts[truth][predicted];
  }

  /** {@return the number of clips counted} */
  public long total() {
    return Arrays.stream(counts).flatMapToLong(Arrays::stream).sum();
  }

  /** {@return UA: the mean recall of the classes that occur in the truth} */
  public double unweightedAccuracy() {
    return classes()
        .filter(c -> support(c) > 0)
        .mapToDouble(this::recall)
        .average()
        .orElse(Double.NaN);
  }

  /** {@return WA: the share of clips whose class was predicted} */
  public double weightedAccuracy() {
    return classes().mapToLong(c -> counts[c][c]).sum() / (double) total();
  }

  /**
   * Computes the mean F1 of the classes that occur in the truth or among the predictions, which is
   * scikit-learn's {@code f1_score(average='macro')}.
   *
   * @return the macro F1
   */
  public double macroF1() {
    return classes()
        .filter(c -> support(c) + predictedAs(c) > 0)
        .mapToDouble(this::f1)
        .average()
        .orElse(Double.NaN);
  }

  /** {@return every class's figures, in label order} */
  public List<ClassReport> classReports() {
    return classes()
        .mapToObj(
            c ->
                new ClassReport(
                    labels.get(c),
                    support(c),
                    recall(c),
                    ratio(counts[c][c], predictedAs(c)),
                    f1(c)))
        .toList();
  }

  /**
   * The counts of both matrices, for example of two folds.
   *
   * @throws IllegalArgumentException when the labels differ
   */
  public ConfusionMatrix merge(ConfusionMatrix other) {
    if (!labels.equals(other.labels)) {
      throw new IllegalArgumentException(
          "cannot merge the labels %s with %s; expected the same".formatted(labels, other.labels));
    }
    long[][] sum = copy(counts);
    classes()
        .forEach(
            truth ->
                classes()
                    .forEach(predicted -> sum[truth][predicted] += other.counts[truth][predicted]));
    return new ConfusionMatrix(labels, sum);
  }

  /**
   * Adds matrices of the same labels up, each as many times as it counts.
   *
   * @param matrices at least one
   * @param times the weight of each, [matrices]
   * @return the sum
   */
  public static ConfusionMatrix weightedSum(List<ConfusionMatrix> matrices, int[] times) {
    List<String> labels = matrices.get(0).labels;
    long[][] sum = new long[labels.size()][labels.size()];
    for (int i = 0; i < times.length; i++) {
      long[][] counts = matrices.get(i).counts;
      for (int truth = 0; times[i] > 0 && truth < sum.length; truth++) {
        for (int predicted = 0; predicted < sum.length; predicted++) {
          sum[truth][predicted] += times[i] * counts[truth][predicted];
        }
      }
    }
    return new ConfusionMatrix(labels, sum);
  }

  /** A table for people, in lines of equal columns, with recall, precision and the totals. */
  public String toText() {
    List<List<String>> rows = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("truth \\ predicted"));
    header.addAll(labels);
    header.addAll(List.of("recall", "clips"));
    rows.add(header);
    List<ClassReport> reports = classReports();
    for (int truth = 0; truth < labels.size(); truth++) {
      List<String> row = new ArrayList<>(List.of(labels.get(truth)));
      for (long count : counts[truth]) {
        row.add(Long.toString(count));
      }
      ClassReport report = reports.get(truth);
      row.add(report.support() == 0 ? "-" : threeDigits(report.recall()));
      row.add(Long.toString(report.support()));
      rows.add(row);
    }
    List<String> precision = new ArrayList<>(List.of("precision"));
    for (int c = 0; c < labels.size(); c++) {
      precision.add(predictedAs(c) == 0 ? "-" : threeDigits(reports.get(c).precision()));
    }
    precision.addAll(List.of("", Long.toString(total())));
    rows.add(precision);
    return table(rows)
        + "UA %s  WA %s  macro-F1 %s\n"
            .formatted(
                threeDigits(unweightedAccuracy()),
                threeDigits(weightedAccuracy()),
                threeDigits(macroF1()));
  }

  private static String table(List<List<String>> rows) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int c = 0; c < columns; c++) {
        widths[c] = Math.max(widths[c], row.get(c).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder(row.get(0));
      line.append(" ".repeat(widths[0] - row.get(0).length()));
      for (int c = 1; c < columns; c++) {
        line.append("  ").append(" ".repeat(widths[c] - row.get(c).length())).append(row.get(c));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private static String threeDigits(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private IntStream classes() {
    return IntStream.range(0, labels.size());
  }

  private long support(int c) {
    return Arrays.stream(counts[c]).sum();
  }

  private long predictedAs(int c) {
    return Arrays.stream(counts).mapToLong(row -> row[c]).sum();
  }

  private double recall(int c) {
    return ratio(counts[c][c], support(c));
  }

  private double f1(int c) {
    return ratio(2 * counts[c][c], support(c) + predictedAs(c));
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  private static long[][] copy(long[][] counts) {
    return Arrays.stream(counts).map(long[]::clone).toArray(long[][]::new);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConfusionMatrix that
        && labels.equals(that.labels)
        && Arrays.deepEquals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return 31 * labels.hashCode() + Arrays.deepHashCode(counts);
  }

  @Override
  public String toString() {
    return toText();
  }
}
