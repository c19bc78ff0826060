package ser.report.page;

import java.util.Locale;

/**
 * A colour in sRGB.
 *
 * @param red 0 to 255
 * @param green 0 to 255
 * @param blue 0 to 255
 */
record Color(int red, int green, int blue) {
  /** Reads a colour such as {@code #0072b2}. */
  static Color of(String hex) {
    int rgb = Integer.parseInt(hex.substring(1), 16);
    return new Color(rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff);
  }

  /** {@return the colour between this one, at 0, and another, at 1} */
  Color mix(Color other, double share) {
    return new Color(
        mix(red, other.red, share), mix(green, other.green, share), mix(blue, other.blue, share));
  }

  private static int mix(int from, int to, double share) {
    return (int) Math.round(from + (to - from) * share);
  }

  /** {@return the contrast ratio, 1 to 21 (WCAG 2.2, definition of contrast ratio)} */
  double contrast(Color other) {
    double one = luminance();
    double two = other.luminance();
    return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
  }

  private double luminance() {
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  }

  private static double linear(int channel) {
    double value = channel / 255.0;
    return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
  }

  /** {@return the colour in CSS} */
  String css() {
    return String.format(Locale.ROOT, "#%02x%02x%02x", red, green, blue);
  }
}
