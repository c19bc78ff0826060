package ser.pipeline.recognition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import ser.api.AudioException;
import ser.api.SerException;
import ser.api.StreamOptions;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioSource;
import ser.features.dsp.FastMath;
import ser.features.dsp.FeatureExtractor;
import ser.features.dsp.FeatureKind;
import ser.features.dsp.FeatureMatrix;
import ser.features.dsp.FeatureSettings;
import ser.features.dsp.FeatureStream;
import ser.features.dsp.Level;
import ser.features.dsp.OffsetRemoval;
import ser.features.pretrained.PretrainedEncoder;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;

/**
 * From a clip to what the encoder takes: the constant offset is removed, log-mel features are
 * computed, and the silence at both ends is cut off. With a pretrained encoder its outputs on the
 * speech are the features, one for each of the log-mel frames; in a fusion they stand behind the
 * log-mel features of each frame that they cover. Thread-safe.
 */
public final class Frontend {
  /** −80 dB of full scale: a signal that stays below this without its offset is silent. */
  static final double SILENCE = 1e-4;

  /** A shorter clip holds no speech. */
  private static final double SHORTEST_SECONDS = StreamOptions.SHORTEST_WINDOW;

  /** Frames kept around the speech, so that soft beginnings and ends are not lost. */
  private static final int MARGIN = 10;

  private final FeatureExtractor extractor;
  private final double trim;
  private final int framesPerStep;
  private final Optional<PretrainedEncoder> pretrained;
  private final boolean fusion;

  /**
   * Features of a clip's speech.
   *
   * @param features [frames, columns], as the extractor or the pretrained encoder gave them
   * @param firstFrame where they begin in the clip, a multiple of the frames in a step
   * @param clipFrames how many frames the whole clip has
   */
  public record Speech(FeatureMatrix features, int firstFrame, int clipFrames) {}

  /**
   * Prepares the extraction.
   *
   * @param settings log-mel features and their conventions
   * @param trim frames at the ends are silence when their power is this many nepers (of power)
   *     below the loudest frame's; 0 keeps everything
   * @param framesPerStep the cut at the beginning is a multiple of this, so that the encoder's
   *     steps stand at the same times as in the whole clip
   * @throws SerException when the features are not log-mel or the threshold is negative
   */
  public Frontend(FeatureSettings settings, double trim, int framesPerStep) {
    this(settings, trim, framesPerStep, Optional.empty(), false);
  }

  /**
   * Prepares the extraction with a pretrained encoder.
   *
   * @param settings log-mel features, by which silence is cut off
   * @param trim frames at the ends are silence when their power is this many nepers (of power)
   *     below the loudest frame's; 0 keeps everything
   * @param framesPerStep the cut at the beginning is a multiple of this
   * @param pretrained whose outputs are the features, one for each log-mel frame; empty for the
   *     log-mel features themselves. It stays the caller's
   * @param fusion whether the outputs stand behind the log-mel features, instead of them
   * @throws SerException when the settings do not fit each other
   */
  public Frontend(
      FeatureSettings settings,
      double trim,
      int framesPerStep,
      Optional<PretrainedEncoder> pretrained,
      boolean fusion) {
    if (settings.kind() != FeatureKind.LOGMEL || !(trim >= 0)) {
      throw new SerException(
          "The encoder takes log-mel features and a trim of 0 or more, found %s and %s"
              .formatted(settings.kind(), trim));
    }
    this.extractor = FeatureExtractor.of(settings);
    this.trim = trim;
    this.framesPerStep = framesPerStep;
    this.pretrained = pretrained;
    this.fusion = fusion;
    if (pretrained.isPresent()
        && (pretrained.get().input().sampleRate() != settings.sampleRate()
            || !(fusion || pretrained.get().samplesPerFrame() == settings.hopLength()))) {
      throw new SerException(
          "A pretrained encoder with a frame every %d samples of %d Hz beside log-mel frames every %d samples of %d Hz; expected the same frames"
              .formatted(
                  pretrained.get().samplesPerFrame(),
                  pretrained.get().input().sampleRate(),
                  settings.hopLength(),
                  settings.sampleRate()));
    }
  }

  /**
   * Prepares the extraction of a model's features.
   *
   * @param model the model, with its pretrained encoder if it has one
   * @return its front end
   * @throws SerException when the pretrained encoder was not given
   */
  public static Frontend of(ModelPackage model) {
    ModelDescription description = model.description();
    if (description.pretrained().isPresent() && model.pretrained().isEmpty()) {
      throw new SerException(
          "The model takes the outputs of a pretrained encoder; give its file with --encoder or RecognizerOptions.withEncoder (SHA-256 %s)"
              .formatted(description.pretrained().get().sha256()));
    }
    return new Frontend(
        description.features(),
        description.trim(),
        description.encoder().framesPerStep(),
        model.pretrained(),
        description.encoder().isFusion());
  }

  /** {@return whether features are a pretrained encoder's} */
  boolean isPretrained() {
    return pretrained.isPresent();
  }

  /**
   * Tells what the features are.
   *
   * @return the extractor's settings
   */
  public FeatureSettings settings() {
    return extractor.settings();
  }

  /**
   * Returns the notes on audio that was read to its end.
   *
   * @return those of the source, and one on band-limited audio; a sentence each
   */
  List<String> notes(AudioSource source) {
    List<String> notes = new ArrayList<>(source.notes());
    notes.addAll(bandNotes(source.sampleRate()));
    return notes;
  }

  /** Returns a note where a signal of this rate lacks frequencies that the features have. */
  List<String> bandNotes(int sampleRate) {
    double highest = settings().maxHz();
    return sampleRate >= 2 * highest
        ? List.of()
        : List.of(
            String.format(
                Locale.ROOT,
                "band-limited: a sample rate of %d Hz holds nothing above %d Hz, expected up to %.0f Hz",
                sampleRate,
                sampleRate / 2,
                highest));
  }

  /**
   * Checks that a clip may hold speech: that it is 0.1 s long or longer and, without its offset,
   * not silent.
   *
   * @param name of the clip, for the message
   * @param clip any rate
   * @throws AudioException when it is too short or silent
   */
  public static void requireSpeech(String name, AudioClip clip) {
    requireSpeech(name, clip.durationSeconds(), Level.of(clip.samples()));
  }

  /** Checks a signal's duration and level. */
  static void requireSpeech(String name, double seconds, Level level) {
    requireLength(name, seconds);
    if (level.peak() < SILENCE) {
      throw new AudioException(
          "%s: holds only silence, a peak of %.6f of full scale, expected speech"
              .formatted(name, level.peak()));
    }
  }

  /** Checks a signal's duration. */
  static void requireLength(String name, double seconds) {
    if (seconds < SHORTEST_SECONDS) {
      throw new AudioException(
          "%s: is %.3f s long, expected at least %.1f s"
              .formatted(name, seconds, SHORTEST_SECONDS));
    }
  }

  /**
   * Extracts the features of the speech in a clip.
   *
   * @param clip any rate
   * @return its speech; the whole clip when all of it is equally silent
   */
  public Speech speech(AudioClip clip) {
    AudioClip centred = OffsetRemoval.from(clip);
    FeatureMatrix all = extractor.extract(centred);
    double[] power = new double[all.frames()];
    for (int frame = 0; frame < power.length; frame++) {
      power[frame] = power(all.values(), frame * all.columns());
    }
    Cut cut = cut(power);
    if (pretrained.isPresent()) {
      AudioClip speech = centred.resampledTo(settings().sampleRate());
      int hop = settings().hopLength();
      int length = speech.samples().length;
      int from = Math.min(length - 1, cut.from * hop);
      AudioClip segment =
          AudioClip.of(
              Arrays.copyOfRange(
                  speech.samples(), from, Math.max(from + 1, Math.min(length, cut.to * hop))),
              speech.sampleRate());
      int frames = cut.to - cut.from;
      return new Speech(
          fusion ? fused(rows(all, cut), outputs(segment)) : frames(outputs(segment), frames),
          cut.from,
          all.frames());
    }
    return new Speech(rows(all, cut), cut.from, all.frames());
  }

  private static FeatureMatrix rows(FeatureMatrix all, Cut cut) {
    return new FeatureMatrix(
        cut.to - cut.from,
        all.columns(),
        Arrays.copyOfRange(all.values(), cut.from * all.columns(), cut.to * all.columns()));
  }

  /**
   * Extracts features of audio without offset with the pretrained encoder.
   *
   * @param audio at any rate
   * @param frames the number of frames it has in log-mel; the last one is repeated where there are
   *     fewer
   * @return [frames, columns]
   */
  FeatureMatrix encoded(AudioClip audio, int frames) {
    AudioClip resampled = audio.resampledTo(settings().sampleRate());
    FeatureMatrix outputs = outputs(resampled);
    return fusion
        ? fused(frames(extractor.extract(resampled), frames), outputs)
        : frames(outputs, frames);
  }

  private FeatureMatrix outputs(AudioClip audio) {
    return pretrained.orElseThrow().encode(audio);
  }

  /** Cuts features to a number of frames, or repeats the last one. */
  private static FeatureMatrix frames(FeatureMatrix given, int frames) {
    int columns = given.columns();
    float[] values = Arrays.copyOf(given.values(), frames * columns);
    for (int frame = given.frames(); frame < frames; frame++) {
      System.arraycopy(
          given.values(), (given.frames() - 1) * columns, values, frame * columns, columns);
    }
    return new FeatureMatrix(frames, columns, values);
  }

  /** Sets behind each log-mel frame the encoder's frame that covers its centre. */
  private FeatureMatrix fused(FeatureMatrix logMel, FeatureMatrix outputs) {
    int bands = logMel.columns();
    int columns = bands + outputs.columns();
    float[] values = new float[logMel.frames() * columns];
    for (int frame = 0; frame < logMel.frames(); frame++) {
      long sample = (long) frame * settings().hopLength();
      int covering =
          (int) Math.min(outputs.frames() - 1, sample / pretrained.orElseThrow().samplesPerFrame());
      System.arraycopy(logMel.values(), frame * bands, values, frame * columns, bands);
      System.arraycopy(
          outputs.values(),
          covering * outputs.columns(),
          values,
          frame * columns + bands,
          outputs.columns());
    }
    return new FeatureMatrix(logMel.frames(), columns, values);
  }

  /**
   * Begins the log-mel features, not standardised, of a signal that arrives in pieces.
   *
   * @param held the samples that are held back until their offset is known
   * @param sink receives the features
   */
  Signal signal(int sampleRate, int held, FeatureStream.Sink sink) {
    return new Signal(sampleRate, held, extractor.stream(sampleRate, sink));
  }

  /** A signal that arrives in pieces, on its way to features. For one thread at a time. */
  static final class Signal {
    private final OffsetRemoval removal;
    private final FeatureStream features;

    private Signal(int sampleRate, int held, FeatureStream features) {
      this.removal = new OffsetRemoval(sampleRate, held, features::push);
      this.features = features;
    }

    /** Takes the next piece, of finite samples. */
    void push(float[] samples, int offset, int length) {
      removal.push(samples, offset, length);
    }

    /** Ends the signal, and gives the features that are left. */
    void finish() {
      removal.finish();
      features.finish();
    }
  }

  /**
   * The power of a frame whose features begin at a place: Σ eˣ over its bands, to 1e-9 for powers
   * below e⁵⁰.
   */
  double power(float[] values, int offset) {
    double[] bands = new double[extractor.settings().spectralColumns()];
    for (int band = 0; band < bands.length; band++) {
      bands[band] = values[offset + band];
    }
    FastMath.expInPlace(bands, bands.length); // Math.exp took as long as the features themselves
    double power = 0;
    for (double band : bands) {
      power += band;
    }
    return power;
  }

  /** The frames of a clip that are speech, {@code to} the first behind it. */
  record Cut(int from, int to) {}

  /** Finds the speech by the power of each frame, at least one. */
  Cut cut(double[] power) {
    if (trim == 0) {
      return new Cut(0, power.length);
    }
    double loudest = 0;
    for (double each : power) {
      loudest = Math.max(loudest, each);
    }
    double threshold = loudest * Math.exp(-trim);
    int first = 0;
    while (power[first] <= threshold && first < power.length - 1) {
      first++;
    }
    int last = power.length - 1;
    while (power[last] <= threshold && last > first) {
      last--;
    }
    return new Cut(
        Math.max(0, first - MARGIN) / framesPerStep * framesPerStep,
        Math.min(power.length, last + MARGIN + 1));
  }
}
