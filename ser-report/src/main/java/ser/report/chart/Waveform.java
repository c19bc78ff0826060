package ser.report.chart;

import java.util.List;
import ser.report.html.Element;
import ser.report.html.Table;
import ser.report.text.Numbers;

/**
 * A waveform: the smallest and the largest sample of each piece of the time, as a band around 0.
 *
 * @param title quantity and subject
 * @param caption a sentence on how to read it; may be empty
 * @param seconds the duration
 * @param secondsPerPiece the duration of a piece; the last may be shorter
 * @param pieces the extremes, in order
 */
public record Waveform(
    String title, String caption, double seconds, double secondsPerPiece, List<Extremes> pieces) {
  private static final int MOST_ROWS = 50;

  /**
   * The extremes of a piece.
   *
   * @param low the smallest sample, of full scale
   * @param high the largest sample, of full scale
   */
  public record Extremes(float low, float high) {
    /**
     * Returns the extremes of this piece and another.
     *
     * @param other the other piece
     * @return the extremes of both
     */
    public Extremes and(Extremes other) {
      return new Extremes(Math.min(low, other.low), Math.max(high, other.high));
    }
  }

  /**
   * Copies the pieces.
   *
   * @throws IllegalArgumentException when there is none
   */
  public Waveform {
    pieces = List.copyOf(pieces);
    if (pieces.isEmpty()) {
      throw new IllegalArgumentException("a waveform needs a piece");
    }
  }

  /** {@return the chart as a figure with a table of its values} */
  public Element figure() {
    double largest = 1e-4;
    for (Extremes piece : pieces) {
      largest = Math.max(largest, Math.max(-piece.low(), piece.high()));
    }
    double scale = largest * 1.05;
    TimePlot plot = new TimePlot(seconds, 100, "amplitude");
    double middle = (TimePlot.TOP + plot.bottom()) / 2;
    double half = middle - TimePlot.TOP;
    StringBuilder outline = new StringBuilder();
    for (int i = 0; i < pieces.size(); i++) {
      outline
          .append(i == 0 ? 'M' : 'L')
          .append(Drawing.number(plot.x((i + 0.5) * secondsPerPiece)));
      outline.append(' ').append(Drawing.number(middle - half * pieces.get(i).high() / scale));
    }
    for (int i = pieces.size() - 1; i >= 0; i--) {
      outline.append('L').append(Drawing.number(plot.x((i + 0.5) * secondsPerPiece)));
      outline.append(' ').append(Drawing.number(middle - half * pieces.get(i).low() / scale));
    }
    plot.drawing().line("grid", TimePlot.LEFT, middle, plot.right(), middle);
    plot.drawing().path("bar s0", outline.append('Z').toString(), "");
    plot.drawing().text("muted", TimePlot.LEFT - 6, middle + 4, "end", "0");
    plot.drawing()
        .text("muted", TimePlot.LEFT - 6, TimePlot.TOP + 10, "end", Numbers.fixed(scale, 2));
    plot.drawing().text("muted", TimePlot.LEFT - 6, plot.bottom(), "end", Numbers.fixed(-scale, 2));
    String words =
        "%s. %s s of sound, the largest sample %s of full scale."
            .formatted(title, Numbers.fixed(seconds, 2), Numbers.share(largest));
    return plot.figure(title, caption, words, table());
  }

  private Table table() {
    Table table = Table.of(title, "time, s", "smallest", "largest");
    int rows = Math.min(MOST_ROWS, pieces.size());
    for (int row = 0; row < rows; row++) {
      int from = row * pieces.size() / rows;
      Extremes extremes = pieces.get(from);
      for (int i = from + 1; i < (row + 1) * pieces.size() / rows; i++) {
        extremes = extremes.and(pieces.get(i));
      }
      table =
          table.withRow(
              Numbers.fixed(from * secondsPerPiece, 2),
              Numbers.share(extremes.low()),
              Numbers.share(extremes.high()));
    }
    return table;
  }
}
