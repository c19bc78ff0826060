package ser.features.audio;

/**
 * The logarithmic 8-bit codes of telephony, as samples with full scale at ±1. Source: ITU-T
 * Recommendation G.711 (1988), tables 1 and 2, on a scale of 16 bits.
 */
final class Companding {
  /** The sample of each A-law code. */
  static final float[] A_LAW = new float[256];

  /** The sample of each mu-law code. */
  static final float[] MU_LAW = new float[256];

  static {
    for (int code = 0; code < 256; code++) {
      A_LAW[code] = aLaw(code) * 0x1p-15f;
      MU_LAW[code] = muLaw(code) * 0x1p-15f;
    }
  }

  private Companding() {}

  private static int aLaw(int code) {
    // Even bits are inverted on the line.
    int bits = code ^ 0x55;
    int segment = bits >> 4 & 7;
    int step = (bits & 15) << 4;
    int level = segment == 0 ? step + 8 : (step + 0x108) << (segment - 1);
    return bits < 0x80 ? -level : level;
  }

  private static int muLaw(int code) {
    // All bits are inverted on the line.
    int bits = ~code & 0xff;
    int level = ((((bits & 15) << 3) + 0x84) << (bits >> 4 & 7)) - 0x84;
    return bits < 0x80 ? level : -level;
  }
}
