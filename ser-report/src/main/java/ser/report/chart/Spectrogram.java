package ser.report.chart;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import ser.features.dsp.FeatureMatrix;
import ser.report.html.Element;
import ser.report.html.Table;
import ser.report.text.Numbers;

/**
 * Log-mel energies over time, as an image: dark where the energy is low, light where it is high.
 *
 * @param title quantity and subject
 * @param caption a sentence on how to read it; may be empty
 * @param seconds the duration
 * @param energies [columns of the image, bands], natural logarithm
 */
public record Spectrogram(String title, String caption, double seconds, FeatureMatrix energies) {
  private static final int MOST_ROWS = 20;
  private static final int GROUPS = 4;

  /** The dynamic range shown below the largest energy, in nepers. */
  private static final double RANGE = 14;

  /** Five colours of viridis (Smith and van der Walt 2015), dark to light. */
  private static final List<Integer> COLORS =
      List.of(0x440154, 0x3b528b, 0x21918c, 0x5ec962, 0xfde725);

  /** {@return the chart as a figure with a table of its values} */
  public Element figure() {
    TimePlot plot = new TimePlot(seconds, 130, "mel band");
    plot.drawing()
        .image(
            TimePlot.LEFT,
            TimePlot.TOP,
            plot.right() - TimePlot.LEFT,
            130,
            "data:image/png;base64," + Base64.getEncoder().encodeToString(png()));
    plot.drawing().text("muted", TimePlot.LEFT - 6, plot.bottom(), "end", "1");
    plot.drawing()
        .text(
            "muted",
            TimePlot.LEFT - 6,
            TimePlot.TOP + 10,
            "end",
            Integer.toString(energies.columns()));
    String words =
        "%s. %d mel bands over %s s."
            .formatted(title, energies.columns(), Numbers.fixed(seconds, 2));
    return plot.figure(title, caption, words, table());
  }

  private byte[] png() {
    float largest = Float.NEGATIVE_INFINITY;
    for (float value : energies.values()) {
      largest = Math.max(largest, value);
    }
    BufferedImage image =
        new BufferedImage(energies.frames(), energies.columns(), BufferedImage.TYPE_INT_RGB);
    for (int column = 0; column < energies.frames(); column++) {
      for (int band = 0; band < energies.columns(); band++) {
        double share = 1 - (largest - energies.at(column, band)) / RANGE;
        image.setRGB(column, energies.columns() - 1 - band, color(share));
      }
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.setUseCache(false);
      ImageIO.write(image, "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an array takes all bytes
    }
    return png.toByteArray();
  }

  private static int color(double share) {
    double place = Math.min(1, Math.max(0, share)) * (COLORS.size() - 1);
    int below = Math.min((int) place, COLORS.size() - 2);
    double rest = place - below;
    int color = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int from = COLORS.get(below) >> shift & 0xff;
      int to = COLORS.get(below + 1) >> shift & 0xff;
      color = color << 8 | (int) Math.round(from + (to - from) * rest);
    }
    return color;
  }

  private Table table() {
    int bands = energies.columns();
    List<String> header = new ArrayList<>(List.of("time, s"));
    for (int group = 0; group < GROUPS; group++) {
      header.add("bands %d–%d".formatted(group * bands / GROUPS + 1, (group + 1) * bands / GROUPS));
    }
    List<List<String>> rows = new ArrayList<>();
    int count = Math.min(MOST_ROWS, energies.frames());
    for (int row = 0; row < count; row++) {
      int from = row * energies.frames() / count;
      int to = (row + 1) * energies.frames() / count;
      List<String> cells =
          new ArrayList<>(List.of(Numbers.fixed(from * seconds / energies.frames(), 2)));
      for (int group = 0; group < GROUPS; group++) {
        double sum = 0;
        int cellsOfGroup = 0;
        for (int column = from; column < to; column++) {
          for (int band = group * bands / GROUPS; band < (group + 1) * bands / GROUPS; band++) {
            sum += energies.at(column, band);
            cellsOfGroup++;
          }
        }
        cells.add(Numbers.fixed(sum / cellsOfGroup, 1));
      }
      rows.add(cells);
    }
    return new Table(title + ", mean energy in nepers", header, rows);
  }
}
