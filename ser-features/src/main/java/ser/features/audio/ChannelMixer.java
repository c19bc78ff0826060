package ser.features.audio;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import ser.api.AudioException;
import ser.api.ChannelSelection;

/**
 * One signal from the channels of a file: one of them, or the mean of those that are not silent.
 *
 * <p>The channels of a mix are chosen on the start of the file: 10 s, or less when there are so
 * many channels that these would not fit into the buffer, and the next 10 s when all channels are
 * silent there. A channel that is silent there is mixed from the first later piece on in which it
 * is not. Silence is decided on every sample. Correlations are screened on a 64th of the frames,
 * and only where two channels seem to cancel is the start decoded a second time and the correlation
 * computed over all of it.
 */
final class ChannelMixer {
  /** A channel is silent when it stays within this distance of its mid-range, −80 dB. */
  static final double SILENCE = 1e-4;

  /** Two channels cancel when their correlation coefficient is at most this. */
  static final double CANCELLATION = -0.9;

  /** More channels are not compared with each other. */
  static final int MAX_COMPARED = 8;

  private static final double SUSPICION = -0.5; // of the screened frames; above it none cancel
  private static final float[] NONE = {};
  private static final float[][] NO_PLANES = {};
  private static final int[] ALL = {};
  private static final int DECISION_SECONDS = 10;
  private static final int MAX_BUFFERED = 1 << 22; // samples of all channels
  private static final int MAX_PIECE = 4096; // frames
  private static final int SCREENED = 64; // one frame in so many, at the start of a piece

  private final Decoder.Opening opening;
  private final List<String> cancellations = new ArrayList<>();
  private final List<String> joins = new ArrayList<>();
  private final List<Integer> silent = new ArrayList<>(); // since the choice
  private final int pieceFrames;
  private final int screenedFrames;
  private Decoder decoder;
  private int[] chosen; // indices; all channels when empty
  private boolean decided;

  private float[] buffer = NONE; // of the signal
  private float[][] planes = NO_PLANES; // all channels while they are needed
  private int bufferStart;
  private int bufferEnd;
  private long position; // frames before the buffer
  private @Nullable Exception fault; // behind the buffer

  /**
   * Reads {@code selection} from {@code decoder}, which has that channel, and from further decoders
   * of the same file, which {@code opening} gives.
   */
  ChannelMixer(Decoder decoder, Decoder.Opening opening, ChannelSelection selection) {
    this.decoder = decoder;
    this.opening = opening;
    this.pieceFrames = Math.min(MAX_PIECE, Math.max(SCREENED, mostFrames(decoder)));
    this.screenedFrames = pieceFrames / SCREENED;
    this.chosen = selection.number().stream().map(number -> number - 1).toArray();
    // Of a single channel there is nothing to choose.
    if (decoder.channels() == 1) {
      this.chosen = ALL;
      this.decided = true;
    } else {
      this.decided = !selection.isMix();
    }
  }

  private static int mostFrames(Decoder decoder) {
    return MAX_BUFFERED / (decoder.channels() + 1);
  }

  /** The decoder in use, to be closed. */
  Decoder decoder() {
    return decoder;
  }

  /** Sentences about the choice. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (!silent.isEmpty()) {
      notes.add(subject(silent) + " silent and left out of the mix");
    }
    notes.addAll(joins);
    notes.addAll(cancellations);
    return notes;
  }

  /** Decodes the next samples, as {@link AudioSource#read}. */
  int read(float[] into, int offset, int length) throws IOException {
    if (bufferStart == bufferEnd) {
      position += bufferEnd;
      bufferStart = 0;
      bufferEnd = 0;
      if (fault instanceof IOException unreadable) {
        throw unreadable;
      }
      if (fault instanceof AudioException damage) {
        throw damage;
      }
      if (!decided) {
        int capacity = decisionFrames();
        if (offset == 0 && length >= capacity) {
          decideInPlace(into, capacity);
          return bufferEnd;
        }
        decide(buffer.length < capacity ? new float[capacity] : buffer, capacity);
      } else if (chosen.length > 0) {
        readPiece();
      } else {
        buffer = NONE;
        planes = NO_PLANES;
        return decoder.read(into, NO_PLANES, offset, length);
      }
    }
    int count = Math.min(length, bufferEnd - bufferStart);
    System.arraycopy(buffer, bufferStart, into, offset, count);
    bufferStart += count;
    return count;
  }

  /** Fills the buffer with a piece of the chosen channels; pieces do not depend on the reader. */
  private void readPiece() throws IOException {
    if (planes.length == 0 || planes[0].length != pieceFrames) {
      planes = new float[decoder.channels()][pieceFrames];
    }
    if (buffer.length != pieceFrames) {
      buffer = new float[pieceFrames];
    }
    int count = 1;
    while (bufferEnd < pieceFrames && count > 0) {
      count = decode(NONE, planes, bufferEnd, pieceFrames - bufferEnd);
      bufferEnd += count;
    }
    join();
    mean();
  }

  /** Decodes; a fault behind decoded frames is kept until these have been read. */
  private int decode(float[] mean, float[][] into, int offset, int length) throws IOException {
    try {
      return decoder.read(mean, into, offset, length);
    } catch (IOException | AudioException e) {
      if (bufferEnd == 0) {
        throw e;
      }
      fault = e;
      return 0;
    }
  }

  /** Chooses the silent channels that are silent no more. */
  private void join() {
    List<Integer> active =
        silent.stream().filter(c -> !ChannelStatistics.isSilent(planes[c], 0, bufferEnd)).toList();
    if (active.isEmpty()) {
      return;
    }
    silent.removeAll(active);
    joins.add(
        String.format(
            Locale.ROOT,
            "%s silent until %.1f s and mixed from there",
            subject(active),
            (double) position / decoder.sampleRate()));
    chosen =
        IntStream.concat(Arrays.stream(chosen), active.stream().mapToInt(Integer::intValue))
            .sorted()
            .toArray();
  }

  /** Replaces the buffered signal by the mean of the chosen channels. */
  private void mean() {
    if (chosen.length == 1) {
      System.arraycopy(planes[chosen[0]], 0, buffer, 0, bufferEnd);
      return;
    }
    for (int i = 0; i < bufferEnd; i++) {
      double sum = 0;
      for (int channel : chosen) {
        sum += planes[channel][i];
      }
      buffer[i] = (float) (sum / chosen.length);
    }
  }

  private int decisionFrames() {
    long most = Math.min((long) decoder.sampleRate() * DECISION_SECONDS, mostFrames(decoder));
    return (int) Math.max(1, Math.min(most, decoder.length().orElse(most)));
  }

  /** As {@link #decide}, in an array of the reader, which has read what is in it then. */
  private void decideInPlace(float[] into, int capacity) throws IOException {
    decide(into, capacity);
    buffer = NONE;
    bufferStart = bufferEnd;
  }

  /** Fills {@code signal} as buffer and chooses the channels of the mix by what is in it. */
  private void decide(float[] signal, int capacity) throws IOException {
    buffer = signal;
    ChannelStatistics statistics = fill(capacity, false);
    if (!statistics.allSilent()) {
      if (statistics.lowestCorrelation() <= SUSPICION) {
        reopen();
        statistics = fill(capacity, true);
      }
      choose(statistics);
    }
    if (chosen.length > 0) {
      mean();
    }
  }

  /** Decodes the frames of the buffer once more. */
  private void reopen() throws IOException {
    decoder.close();
    decoder = opening.open();
    bufferEnd = 0;
    fault = null;
    int count = 1;
    for (long left = position; left > 0 && count > 0; left -= count) {
      count = decoder.read(buffer, NO_PLANES, 0, (int) Math.min(left, buffer.length));
    }
  }

  /**
   * Fills the buffer with the mean of all channels.
   *
   * @param capacity wanted frames
   * @param exactly whether to keep all planes and compare all frames; otherwise planes are kept as
   *     long as some channel is silent, and the first frames of each piece are compared
   */
  private ChannelStatistics fill(int capacity, boolean exactly) throws IOException {
    int channels = decoder.channels();
    if (planes.length == 0) {
      planes = new float[channels][Math.min(capacity, pieceFrames)];
    }
    ChannelStatistics statistics = new ChannelStatistics(channels);
    float[] screened = new float[screenedFrames];
    int count = 1;
    while (bufferEnd < capacity && count > 0) {
      int inPiece = bufferEnd % pieceFrames;
      boolean compared = inPiece < screenedFrames;
      int wanted = (compared ? screenedFrames : pieceFrames) - inPiece;
      wanted = Math.min(wanted, capacity - bufferEnd);
      if (exactly || statistics.anySilent()) {
        growPlanes(bufferEnd + wanted, capacity);
        count = decode(buffer, planes, bufferEnd, wanted);
        statistics.addRanges(planes, bufferEnd, count);
        if (exactly || compared) {
          statistics.addProducts(planes, bufferEnd, count);
        }
      } else if (compared) {
        count = decode(screened, planes, 0, wanted);
        statistics.addProducts(planes, 0, count);
        System.arraycopy(screened, 0, buffer, bufferEnd, count);
      } else {
        count = decode(buffer, NO_PLANES, bufferEnd, wanted);
      }
      bufferEnd += count;
    }
    decided |= count == 0;
    return statistics;
  }

  private void growPlanes(int needed, int capacity) {
    if (planes[0].length < needed) {
      // With what was decoded, never with the length that the header announces.
      int length = (int) Math.min(capacity, Math.max(needed, 4L * bufferEnd));
      Arrays.setAll(planes, c -> Arrays.copyOf(planes[c], length));
    }
  }

  private void choose(ChannelStatistics statistics) {
    decided = true;
    List<Integer> kept = new ArrayList<>();
    for (int channel = 0; channel < statistics.channels(); channel++) {
      (statistics.silent(channel) ? silent : kept).add(channel);
    }
    // From the strongest on, so that of two channels that cancel the stronger one stays.
    kept.sort((a, b) -> Double.compare(statistics.variance(b), statistics.variance(a)));
    for (int i = 0; i < kept.size(); i++) {
      int stronger = kept.get(i);
      for (int j = kept.size() - 1; j > i; j--) {
        int weaker = kept.get(j);
        double correlation = statistics.correlation(stronger, weaker);
        if (correlation <= CANCELLATION) {
          kept.remove(j);
          cancellations.add(
              String.format(
                  Locale.ROOT,
                  "channels %d and %d cancel each other (correlation %.2f); channel %d, the stronger one, is used",
                  Math.min(stronger, weaker) + 1,
                  Math.max(stronger, weaker) + 1,
                  correlation,
                  stronger + 1));
        }
      }
    }
    if (kept.size() < statistics.channels()) {
      chosen = kept.stream().mapToInt(Integer::intValue).sorted().toArray();
    }
  }

  private static String subject(List<Integer> channels) {
    return channels.size() == 1
        ? "channel %s is".formatted(numbers(channels))
        : "channels %s are".formatted(numbers(channels));
  }

  private static String numbers(List<Integer> channels) {
    String shown =
        String.join(
            ", ", channels.stream().limit(MAX_COMPARED).map(c -> Integer.toString(c + 1)).toList());
    return channels.size() <= MAX_COMPARED
        ? shown
        : shown + " and %d more".formatted(channels.size() - MAX_COMPARED);
  }
}
