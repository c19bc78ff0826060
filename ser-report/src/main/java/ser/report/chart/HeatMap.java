package ser.report.chart;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import ser.pipeline.metrics.ConfusionMatrix;
import ser.report.html.Element;
import ser.report.html.Table;
import ser.report.text.Numbers;

/** A confusion matrix as a chart: the cells hold counts, their shade is the share of the row. */
public final class HeatMap {
  private static final double LARGE_CELL = 38;
  private static final double SMALL_CELL = 30;
  private static final int LARGE_CELLS = 8;
  private static final double TOP = 8;

  /** The steps of the shade besides 0, as the page's style has them. */
  private static final int SHADES = 10;

  private HeatMap() {}

  /**
   * Draws a confusion matrix.
   *
   * @param title quantity and subject
   * @param caption a sentence on how to read it; may be empty
   * @param matrix rows are the true classes, columns the predicted
   * @return the figure, with a table of the counts and the recall and precision of each class
   */
  public static Element figure(String title, String caption, ConfusionMatrix matrix) {
    List<String> labels = matrix.labels();
    int classes = labels.size();
    double cell = classes <= LARGE_CELLS ? LARGE_CELL : SMALL_CELL;
    double room = Drawing.widthOf(labels, 110);
    double left = room + 24;
    double size = cell * classes;
    double bottom = TOP + size;
    double width = Math.max(Drawing.WIDTH, left + size + 2);
    Drawing drawing = new Drawing(width, bottom + room + 34);
    for (int truth = 0; truth < classes; truth++) {
      double y = TOP + cell * truth;
      drawing.text("", left - 6, y + cell / 2 + 4, "end", labels.get(truth), room);
      long support = support(matrix, truth);
      for (int predicted = 0; predicted < classes; predicted++) {
        double x = left + cell * predicted;
        long count = matrix.count(truth, predicted);
        double share = support == 0 ? 0 : (double) count / support;
        int shade = (int) Math.round(share * SHADES);
        drawing.rectangle(
            "h" + shade,
            x,
            y,
            cell,
            cell,
            "%s classified as %s: %d of %d (%s)"
                .formatted(
                    labels.get(truth),
                    labels.get(predicted),
                    count,
                    support,
                    support == 0 ? Numbers.NONE : Numbers.share(share)));
        drawing.text("t" + shade, x + cell / 2, y + cell / 2 + 4, "middle", shown(count, cell));
      }
    }
    drawing.rectangle("edge", left, TOP, size, size, "");
    for (int c = 0; c < classes; c++) {
      double start = left + cell * c;
      drawing.rectangle("hit", start + 1, TOP + cell * c + 1, cell - 2, cell - 2, "");
      drawing.upwardText("", start + cell / 2 + 4, bottom + 8, "end", labels.get(c), room);
    }
    drawing.text("muted", left + size / 2, bottom + room + 26, "middle", "classified as");
    drawing.upwardText("muted", 12, TOP + size / 2, "middle", "true class", size);
    String words =
        "%s. %s in %s, %s classified correctly."
            .formatted(
                title,
                Numbers.count(matrix.total(), "clip", "clips"),
                Numbers.count(classes, "class", "classes"),
                Numbers.share(matrix.weightedAccuracy()));
    return Figures.of(title, caption, drawing.svg(words), table(title, matrix));
  }

  /** A count that is too wide for its cell is given in thousands. */
  private static String shown(long count, double cell) {
    String text = Long.toString(count);
    return Drawing.widthOf(text) <= cell ? text : count / 1000 + "k";
  }

  private static long support(ConfusionMatrix matrix, int truth) {
    long support = 0;
    for (int predicted = 0; predicted < matrix.labels().size(); predicted++) {
      support += matrix.count(truth, predicted);
    }
    return support;
  }

  private static Table table(String title, ConfusionMatrix matrix) {
    List<String> labels = matrix.labels();
    List<String> header = new ArrayList<>(List.of("true class"));
    header.addAll(labels);
    header.add("clips");
    List<List<String>> rows = new ArrayList<>();
    for (int truth = 0; truth < labels.size(); truth++) {
      String[] row = new String[labels.size() + 2];
      row[0] = labels.get(truth);
      for (int predicted = 0; predicted < labels.size(); predicted++) {
        row[predicted + 1] = Long.toString(matrix.count(truth, predicted));
      }
      row[labels.size() + 1] = Long.toString(support(matrix, truth));
      rows.add(Arrays.asList(row));
    }
    return new Table(title + ": rows are the true classes, columns the predicted", header, rows);
  }
}
