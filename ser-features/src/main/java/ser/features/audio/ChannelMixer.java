package ser.features.audio;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import ser.api.AudioException;
import ser.api.ChannelSelection;

/**
 * One signal from the channels of a file: one of them, or the mean of those that are not silent.
 *
 * <p>The channels of a mix are chosen once, on the start of the file: 30 s, or less when there are
 * so many channels that these would not fit into the buffer, and the next 30 s when all channels
 * are silent there. Nothing is decoded twice.
 */
final class ChannelMixer {
  /** A channel is silent when it stays within this distance of its mid-range, −80 dB. */
  static final double SILENCE = 1e-4;

  /** Two channels cancel when their correlation coefficient is at most this. */
  static final double CANCELLATION = -0.9;

  /** More channels are not compared with each other. */
  static final int MAX_COMPARED = 8;

  private static final float[] NONE = {};
  private static final float[][] NO_PLANES = {};
  private static final int DECISION_SECONDS = 30;
  private static final int MAX_BUFFERED = 1 << 22; // samples of all channels
  private static final int MAX_PIECE = 4096; // frames

  private final Decoder decoder;
  private final List<String> notes = new ArrayList<>();
  private final int pieceFrames;
  private int[] chosen; // indices; all channels when empty
  private boolean decided;

  private float[] bufferedMean = NONE;
  private float[][] bufferedPlanes = NO_PLANES; // all channels while they are needed
  private int bufferStart;
  private int bufferEnd;
  private float[][] piece = NO_PLANES;
  private @Nullable Exception fault; // behind the buffer

  /** Reads {@code selection} from {@code decoder}, which has that channel. */
  ChannelMixer(Decoder decoder, ChannelSelection selection) {
    this.decoder = decoder;
    this.pieceFrames = Math.min(MAX_PIECE, Math.max(1, MAX_BUFFERED / (decoder.channels() + 1)));
    this.chosen = selection.number().stream().map(number -> number - 1).toArray();
    // Of a single channel there is nothing to choose.
    if (decoder.channels() == 1) {
      this.chosen = new int[0];
      this.decided = true;
    } else {
      this.decided = !selection.isMix();
    }
  }

  /** Sentences about the choice. */
  List<String> notes() {
    return notes;
  }

  /** Decodes the next samples, as {@link AudioSource#read}. */
  int read(float[] into, int offset, int length) throws IOException {
    if (bufferStart == bufferEnd) {
      if (fault instanceof IOException unreadable) {
        throw unreadable;
      }
      if (fault instanceof AudioException damage) {
        throw damage;
      }
      if (!decided) {
        decide();
      }
    }
    if (bufferStart < bufferEnd) {
      int count = Math.min(length, bufferEnd - bufferStart);
      if (chosen.length == 0) {
        System.arraycopy(bufferedMean, bufferStart, into, offset, count);
      } else {
        mean(bufferedPlanes, bufferStart, into, offset, count);
      }
      bufferStart += count;
      if (bufferStart == bufferEnd && decided) {
        bufferedMean = NONE;
        bufferedPlanes = NO_PLANES;
      }
      return count;
    }
    return chosen.length == 0
        ? decoder.read(into, NO_PLANES, offset, length)
        : readChosen(into, offset, length);
  }

  private int readChosen(float[] into, int offset, int length) throws IOException {
    if (piece.length == 0) {
      piece = new float[decoder.channels()][pieceFrames];
    }
    int count = decoder.read(NONE, piece, 0, Math.min(length, pieceFrames));
    mean(piece, 0, into, offset, count);
    return count;
  }

  private void mean(float[][] planes, int start, float[] into, int offset, int count) {
    if (chosen.length == 1) {
      System.arraycopy(planes[chosen[0]], start, into, offset, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      double sum = 0;
      for (int channel : chosen) {
        sum += planes[channel][start + i];
      }
      into[offset + i] = (float) (sum / chosen.length);
    }
  }

  /** Fills the buffer and chooses the channels of the mix by what is in it. */
  private void decide() throws IOException {
    int channels = decoder.channels();
    int capacity =
        Math.max(
            1, Math.min(decoder.sampleRate() * DECISION_SECONDS, MAX_BUFFERED / (channels + 1)));
    capacity = (int) Math.min(capacity, Math.max(1, decoder.length().orElse(capacity)));
    if (bufferedMean.length == 0) {
      bufferedMean = new float[Math.min(capacity, pieceFrames)];
      bufferedPlanes = new float[channels][bufferedMean.length];
    }
    ChannelStatistics statistics = new ChannelStatistics(channels);
    bufferStart = 0;
    bufferEnd = 0;
    int count = 1;
    while (bufferEnd < capacity && count > 0) {
      if (bufferEnd == bufferedMean.length) {
        // With what was decoded, never with the length that the header announces.
        grow((int) Math.min(capacity, 4L * bufferEnd));
      }
      int wanted = Math.min(pieceFrames, bufferedMean.length - bufferEnd);
      try {
        count = decoder.read(bufferedMean, bufferedPlanes, bufferEnd, wanted);
      } catch (IOException | AudioException e) {
        if (bufferEnd == 0) {
          throw e;
        }
        // Shown when the samples before it have been read, as without a buffer.
        fault = e;
        count = 0;
      }
      statistics.add(bufferedPlanes, bufferEnd, count);
      bufferEnd += count;
    }
    if (!statistics.allSilent()) {
      choose(statistics);
    }
    decided |= count == 0;
  }

  private void grow(int length) {
    bufferedMean = Arrays.copyOf(bufferedMean, length);
    bufferedPlanes = bufferedPlanes.clone();
    Arrays.setAll(bufferedPlanes, c -> Arrays.copyOf(bufferedPlanes[c], length));
  }

  private void choose(ChannelStatistics statistics) {
    decided = true;
    List<Integer> silent = new ArrayList<>();
    List<Integer> kept = new ArrayList<>();
    for (int channel = 0; channel < statistics.channels(); channel++) {
      (statistics.silent(channel) ? silent : kept).add(channel);
    }
    if (!silent.isEmpty()) {
      notes.add(
          silent.size() == 1
              ? "channel %s is silent and left out of the mix".formatted(numbers(silent))
              : "channels %s are silent and left out of the mix".formatted(numbers(silent)));
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
          notes.add(
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

  private static String numbers(List<Integer> channels) {
    String shown =
        String.join(
            ", ", channels.stream().limit(MAX_COMPARED).map(c -> Integer.toString(c + 1)).toList());
    return channels.size() <= MAX_COMPARED
        ? shown
        : shown + " and %d more".formatted(channels.size() - MAX_COMPARED);
  }
}
