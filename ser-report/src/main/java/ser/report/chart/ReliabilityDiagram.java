package ser.report.chart;

import java.util.List;
import ser.pipeline.metrics.CalibrationError;
import ser.report.html.Element;
import ser.report.html.Table;
import ser.report.page.Picture;
import ser.report.text.Numbers;

/**
 * A reliability diagram (DeGroot and Fienberg 1983; Guo et al. 2017, figure 1): accuracy over
 * confidence, in bins, with the diagonal on which both are equal, and the number of clips in each
 * bin below it.
 */
public final class ReliabilityDiagram {
  private static final double LEFT = 52;
  private static final double RIGHT = 12;
  private static final double TOP = 12;
  private static final double PLOT = 220;
  private static final double COUNTS = 50;

  private ReliabilityDiagram() {}

  /**
   * Draws the bins of a model's predictions.
   *
   * @param title quantity and subject
   * @param caption a sentence on how to read it; may be empty
   * @param bins in the order of confidence
   * @return the figure, with a table of the bins
   */
  public static Element figure(String title, String caption, List<CalibrationError.Bin> bins) {
    return Figures.of(title, caption, svg(title, bins), table(title, bins));
  }

  /**
   * Draws the bins for a file of its own.
   *
   * @param title quantity and subject
   * @param bins in the order of confidence
   * @return the chart
   */
  public static Picture picture(String title, List<CalibrationError.Bin> bins) {
    return new Picture(svg(title, bins));
  }

  private static Element svg(String title, List<CalibrationError.Bin> bins) {
    double right = Drawing.WIDTH - RIGHT;
    double bottom = TOP + PLOT;
    double base = bottom + 14 + COUNTS;
    Drawing drawing = new Drawing(Drawing.WIDTH, base + 38);
    Axis share = Axis.shares("");
    for (double tick : share.ticks()) {
      double y = share.place(tick, bottom, TOP);
      drawing.line("grid", LEFT, y, right, y);
      drawing.text("muted", LEFT - 6, y + 4, "end", share.text(tick));
      double x = share.place(tick, LEFT, right);
      drawing.text("muted", x, base + 16, "middle", share.text(tick));
    }
    long most = bins.stream().mapToLong(CalibrationError.Bin::clips).max().orElse(0);
    for (CalibrationError.Bin bin : bins) {
      if (bin.clips() == 0) {
        continue;
      }
      double from = share.place(bin.low(), LEFT, right);
      double width = share.place(bin.high(), LEFT, right) - from;
      double y = share.place(bin.accuracy(), bottom, TOP);
      drawing.rectangle("soft s0", from + 1, y, width - 2, bottom - y, tip(bin));
      double place = share.place(bin.confidence(), LEFT, right);
      drawing.circle("dot s0", place, y, 4, tip(bin));
      double height = COUNTS * bin.clips() / most;
      drawing.rectangle("bar s7", from + 1, base - height, width - 2, height, tip(bin));
    }
    drawing.line("reference", LEFT, bottom, right, TOP);
    drawing.line("axis", LEFT, bottom, right, bottom);
    drawing.line("axis", LEFT, base, right, base);
    drawing.text("muted", LEFT - 6, base - COUNTS + 4, "end", Long.toString(most));
    drawing.text("muted", LEFT - 6, base, "end", "0");
    drawing.text("muted", (LEFT + right) / 2, base + 33, "middle", "confidence");
    drawing.upwardText("muted", 11, TOP + PLOT / 2, "middle", "accuracy", PLOT);
    drawing.upwardText("muted", 11, base - COUNTS / 2, "middle", "clips", COUNTS);
    String words =
        "%s. Accuracy over confidence in %s that hold clips; the diagonal is perfect calibration."
            .formatted(
                title,
                Numbers.count(bins.stream().filter(bin -> bin.clips() > 0).count(), "bin", "bins"));
    return drawing.svg(words);
  }

  private static String tip(CalibrationError.Bin bin) {
    return "confidence %s, accuracy %s, %s"
        .formatted(
            Numbers.share(bin.confidence()),
            Numbers.share(bin.accuracy()),
            Numbers.count(bin.clips(), "clip", "clips"));
  }

  private static Table table(String title, List<CalibrationError.Bin> bins) {
    Table table = Table.of(title, "bin of confidence", "clips", "mean confidence", "accuracy");
    for (CalibrationError.Bin bin : bins) {
      table =
          table.withRow(
              Numbers.share(bin.low()) + "–" + Numbers.share(bin.high()),
              Long.toString(bin.clips()),
              Numbers.share(bin.confidence()),
              Numbers.share(bin.accuracy()));
    }
    return table;
  }
}
