package ser.features.augment;

import java.util.Arrays;
import ser.api.SerException;

/**
 * A room shaped as a box, with a source and a microphone; its impulse response is computed by the
 * image method (Allen and Berkley 1979). All six surfaces reflect the same share of the sound,
 * which follows from the reverberation time by Eyring's formula; a box, whose field is not diffuse,
 * decays up to a third more slowly (Lehmann and Johansson 2008).
 *
 * @param length in metres, along x
 * @param width in metres, along y
 * @param height in metres, along z
 * @param reverberationSeconds the time in which the sound decays by 60 dB (RT60), 0.05 to 2
 * @param source inside the room
 * @param microphone inside the room, at least 1 cm from the source
 */
public record Room(
    double length,
    double width,
    double height,
    double reverberationSeconds,
    Position source,
    Position microphone) {
  private static final double METRES_PER_SECOND = 343;
  private static final double HIGH_PASS_HZ = 100;
  private static final double SMALLEST = 1;
  private static final double LARGEST = 50;

  /**
   * A point in a room.
   *
   * @param x metres along the length
   * @param y metres along the width
   * @param z metres along the height
   */
  public record Position(double x, double y, double z) {
    double distance(Position other) {
      return Math.sqrt(square(x - other.x) + square(y - other.y) + square(z - other.z));
    }

    private static double square(double a) {
      return a * a;
    }
  }

  /**
   * Checks the sizes.
   *
   * @throws SerException when a side is not 1 to 50 m, the reverberation time is not 0.05 to 2 s,
   *     or a position is outside the room
   */
  public Room {
    Span.require("length of a room in metres", length, length, SMALLEST, LARGEST);
    Span.require("width of a room in metres", width, width, SMALLEST, LARGEST);
    Span.require("height of a room in metres", height, height, SMALLEST, LARGEST);
    Span.require("reverberation time in s", reverberationSeconds, reverberationSeconds, 0.05, 2);
    for (Position position : new Position[] {source, microphone}) {
      if (!(isWithin(position.x, length)
          && isWithin(position.y, width)
          && isWithin(position.z, height))) {
        throw new SerException(
            "%s in a room of %s x %s x %s m; expected a position inside"
                .formatted(position, length, width, height));
      }
    }
    if (source.distance(microphone) < 0.01) {
      throw new SerException(
          "A source %s at the microphone; expected 1 cm between them or more".formatted(source));
    }
  }

  private static boolean isWithin(double position, double side) {
    return position > 0 && position < side;
  }

  /**
   * Computes the impulse response from the source to the microphone, without what lies below 100
   * Hz, where the method adds a constant.
   *
   * @param sampleRate of the response
   * @return the response from the arrival of the direct sound, which has the amplitude 1, until the
   *     reverberation time
   */
  public double[] impulseResponse(int sampleRate) {
    double direct = source.distance(microphone);
    double farthest = direct + METRES_PER_SECOND * reverberationSeconds;
    double[] response = new double[(int) Math.ceil(sampleRate * reverberationSeconds) + 2];
    Images alongX = Images.of(source.x, microphone.x, length, farthest);
    Images alongY = Images.of(source.y, microphone.y, width, farthest);
    Images alongZ = Images.of(source.z, microphone.z, height, farthest);
    double[] amplitudes =
        amplitudes(
            alongX.mostReflections() + alongY.mostReflections() + alongZ.mostReflections(), direct);
    double samplesPerMetre = sampleRate / METRES_PER_SECOND;
    for (int i = 0; i < alongX.count(); i++) {
      for (int k = 0; k < alongY.count(); k++) {
        double inPlane = alongX.squares[i] + alongY.squares[k];
        if (inPlane > farthest * farthest) {
          continue;
        }
        int reflectionsInPlane = alongX.reflections[i] + alongY.reflections[k];
        for (int m = 0; m < alongZ.count(); m++) {
          double distance = Math.sqrt(inPlane + alongZ.squares[m]);
          if (distance >= farthest) {
            continue;
          }
          double amplitude = amplitudes[reflectionsInPlane + alongZ.reflections[m]] / distance;
          double delay = (distance - direct) * samplesPerMetre;
          int sample = (int) delay;
          response[sample] += amplitude * (sample + 1 - delay);
          response[sample + 1] += amplitude * (delay - sample);
        }
      }
    }
    return highPass(response, sampleRate);
  }

  /** The amplitudes of images at 1 m by their number of reflections, 0 to {@code most}. */
  private double[] amplitudes(int most, double direct) {
    double logReflection = Math.log(reflection());
    double[] amplitudes = new double[most + 1];
    for (int reflections = 0; reflections <= most; reflections++) {
      amplitudes[reflections] = Math.exp(logReflection * reflections) * direct;
    }
    return amplitudes;
  }

  /** The share of the amplitude that a surface reflects. */
  private double reflection() {
    double volume = length * width * height;
    double surface = 2 * (length * width + length * height + width * height);
    // Eyring: RT60 = 0.161·V / (−S·ln(1 − α)), and 1 − α is the share of the power.
    return Math.exp(-0.161 * volume / (surface * reverberationSeconds) / 2);
  }

  /** The images of the source along one axis. */
  @SuppressWarnings("ArrayRecordComponent") // short-lived, never compared
  private record Images(double[] squares, int[] reflections) {
    static Images of(double source, double microphone, double side, double farthest) {
      int rooms = (int) Math.ceil(farthest / (2 * side)) + 1;
      double[] squares = new double[2 * (2 * rooms + 1)];
      int[] reflections = new int[squares.length];
      for (int n = -rooms; n <= rooms; n++) {
        for (int mirrored = 0; mirrored < 2; mirrored++) {
          int image = 2 * (n + rooms) + mirrored;
          double position = (mirrored == 0 ? source : -source) + 2 * n * side;
          squares[image] = (position - microphone) * (position - microphone);
          reflections[image] = Math.abs(n - mirrored) + Math.abs(n);
        }
      }
      return new Images(squares, reflections);
    }

    int count() {
      return squares.length;
    }

    int mostReflections() {
      return Arrays.stream(reflections).max().orElse(0);
    }
  }

  /** The filter of Allen and Berkley's appendix. */
  private static double[] highPass(double[] response, int sampleRate) {
    double angle = 2 * Math.PI * HIGH_PASS_HZ / sampleRate;
    double decay = Math.exp(-angle);
    double feedback = 2 * decay * Math.cos(angle);
    double[] filtered = new double[response.length];
    double first = 0;
    double second = 0;
    for (int i = 0; i < response.length; i++) {
      double state = response[i] + feedback * first - decay * decay * second;
      filtered[i] = state - (1 + decay) * first + decay * second;
      second = first;
      first = state;
    }
    return filtered;
  }
}
