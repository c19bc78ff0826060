package ser.report.explanation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import ser.api.AudioException;
import ser.api.ChannelSelection;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioFiles;
import ser.features.audio.AudioSource;
import ser.features.dsp.FeatureExtractor;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureMatrix;
import ser.features.dsp.FeatureSettings;
import ser.features.dsp.FeatureStream;
import ser.report.chart.Waveform;

/**
 * The sound of a file, reduced to what a page can hold, whatever the file's length.
 *
 * @param name the file's name
 * @param seconds its duration
 * @param sampleRate its rate
 * @param waveform the extremes of pieces of equal duration, at most {@value #MOST_PIECES}
 * @param samplesPerPiece the samples of a piece
 * @param energies log-mel energies, [columns, bands], at most {@value #MOST_PIECES} columns
 * @param framesPerColumn the frames of 10 ms of which a column is the mean
 * @param audio the sound of a file of up to {@value #MOST_SECONDS} s
 */
public record Recording(
    String name,
    double seconds,
    int sampleRate,
    List<Waveform.Extremes> waveform,
    long samplesPerPiece,
    FeatureMatrix energies,
    int framesPerColumn,
    Optional<AudioClip> audio) {
  /** The duration of the longest file whose sound is put into a page. */
  public static final int MOST_SECONDS = 300;

  static final int MOST_PIECES = 1024;
  private static final int READ = 1 << 15;

  /** Copies the waveform. */
  public Recording {
    waveform = List.copyOf(waveform);
  }

  /**
   * Reads a file, in memory that does not grow with its length beyond that of the sound that the
   * page holds.
   *
   * @param file the file
   * @param channels the mix or one channel
   * @return its sound
   * @throws AudioException when the file is no audio, damaged or empty, or does not have the
   *     channel
   */
  public static Recording read(Path file, ChannelSelection channels) {
    try (AudioSource source = AudioFiles.open(file, channels)) {
      int rate = source.sampleRate();
      Extremes extremes = new Extremes();
      Energies energies = new Energies();
      FeatureSettings settings = FeatureSettings.defaults(FeatureKind.LOGMEL);
      FeatureStream features = FeatureExtractor.of(settings).stream(rate, energies);
      float[] held = new float[0];
      float[] piece = new float[READ];
      long total = 0;
      for (int count = source.read(piece, 0, READ);
          count > 0;
          count = source.read(piece, 0, READ)) {
        extremes.add(piece, count);
        features.push(piece, 0, count);
        if (total + count <= (long) MOST_SECONDS * rate) {
          if (total + count > held.length) {
            held = Arrays.copyOf(held, (int) Math.max(2L * held.length, total + count));
          }
          System.arraycopy(piece, 0, held, (int) total, count);
        }
        total += count;
      }
      if (total == 0) {
        throw new AudioException("%s: holds no samples; expected sound".formatted(file));
      }
      features.finish();
      Path name = file.getFileName();
      return new Recording(
          (name == null ? file : name).toString(),
          (double) total / rate,
          rate,
          extremes.pieces(),
          extremes.size,
          energies.matrix(),
          energies.framesPerColumn,
          total <= (long) MOST_SECONDS * rate
              ? Optional.of(AudioClip.of(Arrays.copyOf(held, (int) total), rate))
              : Optional.empty());
    }
  }

  /** {@return whether the charts show less than every frame of the file} */
  public boolean isThinned() {
    return framesPerColumn > 1;
  }

  /** Extremes of pieces that grow, two becoming one, when there are too many. */
  private static final class Extremes {
    private List<Waveform.Extremes> pieces = new ArrayList<>();
    private long size = 16;
    private long filled;
    private float low;
    private float high;

    void add(float[] samples, int count) {
      for (int i = 0; i < count; i++) {
        low = filled == 0 ? samples[i] : Math.min(low, samples[i]);
        high = filled == 0 ? samples[i] : Math.max(high, samples[i]);
        if (++filled == size) {
          complete();
        }
      }
    }

    private void complete() {
      pieces.add(new Waveform.Extremes(low, high));
      filled = 0;
      if (pieces.size() == MOST_PIECES) {
        List<Waveform.Extremes> pairs = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i += 2) {
          pairs.add(pieces.get(i).and(pieces.get(i + 1)));
        }
        pieces = pairs;
        size *= 2;
      }
    }

    List<Waveform.Extremes> pieces() {
      if (filled > 0) {
        pieces.add(new Waveform.Extremes(low, high));
      }
      return pieces;
    }
  }

  /** Means of frames that grow, two becoming one, when there are too many columns. */
  private static final class Energies implements FeatureStream.Sink {
    private final int bands = FeatureSettings.defaults(FeatureKind.LOGMEL).columns();
    private final double[] sums = new double[bands];
    private final float[] columns = new float[MOST_PIECES * bands];
    private int framesPerColumn = 1;
    private int filled;
    private int count;

    @Override
    public void accept(float[] values, int frames) {
      for (int frame = 0; frame < frames; frame++) {
        for (int band = 0; band < bands; band++) {
          sums[band] += values[frame * bands + band];
        }
        if (++filled == framesPerColumn) {
          complete();
        }
      }
    }

    private void complete() {
      for (int band = 0; band < bands; band++) {
        columns[count * bands + band] = (float) (sums[band] / filled);
      }
      Arrays.fill(sums, 0);
      filled = 0;
      count++;
      if (count == MOST_PIECES) {
        for (int i = 0; i < count / 2; i++) {
          for (int band = 0; band < bands; band++) {
            columns[i * bands + band] =
                (columns[2 * i * bands + band] + columns[(2 * i + 1) * bands + band]) / 2;
          }
        }
        count /= 2;
        framesPerColumn *= 2;
      }
    }

    FeatureMatrix matrix() {
      if (filled > 0) {
        complete();
      }
      return new FeatureMatrix(count, bands, Arrays.copyOf(columns, count * bands));
    }
  }
}
