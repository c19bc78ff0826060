package ser.pipeline.recognition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import ser.api.AudioException;
import ser.api.AudioInput;
import ser.features.audio.AudioClip;
import ser.features.audio.AudioSource;
import ser.features.dsp.FeatureMatrix;
import ser.features.dsp.FeatureStream;
import ser.features.dsp.Level;
import ser.features.dsp.OffsetRemoval;
import ser.pipeline.modelpackage.ModelDescription;

/**
 * A file too long to be held in memory. The beginning and end of its speech, and hence its windows,
 * are known only at its end: so it is read twice. The first reading keeps the power of each frame,
 * the second one window at a time.
 *
 * @param input the audio, or a channel of it
 * @param seconds its duration
 * @param level its level
 * @param frames of its features
 * @param speech the frames that are speech
 * @param notes repairs and choices in reading
 */
record LongClip(
    AudioInput input,
    double seconds,
    Level level,
    int frames,
    Frontend.Cut speech,
    List<String> notes) {
  private static final int PIECE = 1 << 15;

  /** Reads the file for the first time. */
  static LongClip of(AudioInput input, Frontend frontend) {
    DoubleStream.Builder power = DoubleStream.builder();
    int columns = frontend.settings().columns();
    Level level = new Level();
    List<String> notes = new ArrayList<>();
    double seconds =
        read(
            input,
            frontend,
            (piece, length) -> level.add(piece, 0, length),
            (values, count) -> {
              for (int frame = 0; frame < count; frame++) {
                power.add(frontend.power(values, frame * columns));
              }
            },
            notes);
    double[] all = power.build().toArray();
    return new LongClip(input, seconds, level, all.length, frontend.cut(all), notes);
  }

  /** Reads the file for the second time. */
  void forEachWindow(
      Frontend frontend, ModelDescription description, Consumer<FeatureMatrix> window) {
    if (frontend.isPretrained()) {
      forEachEncodedWindow(frontend, description, window);
      return;
    }
    Windows windows = new Windows(description, window);
    read(input, frontend, (piece, length) -> {}, windows, new ArrayList<>());
    if (windows.delivered < windows.plan.count()) {
      throw truncated();
    }
  }

  private AudioException truncated() {
    return new AudioException(
        "%s: was truncated while it was read; retry when no other process writes to it"
            .formatted(input.name()));
  }

  /** Each window's audio is encoded by itself. */
  private void forEachEncodedWindow(
      Frontend frontend, ModelDescription description, Consumer<FeatureMatrix> window) {
    WindowPlan plan = WindowPlan.of(description, speech.to() - speech.from());
    try (AudioSource source = ChannelInputs.open(input)) {
      double perFrame =
          (double) description.features().hopLength()
              * source.sampleRate()
              / description.features().sampleRate();
      long position = skip(source, Math.round(speech.from() * perFrame));
      for (int number = 0; number < plan.count(); number++) {
        long end = Math.round((speech.from() + plan.from(number + 1)) * perFrame);
        float[] samples = new float[Math.toIntExact(end - position)];
        int filled = 0;
        for (int count = -1; count != 0 && filled < samples.length; filled += count) {
          count = source.read(samples, filled, samples.length - filled);
        }
        boolean last = number == plan.count() - 1; // whose last frame is centred on the end
        if (filled == 0 || (filled < samples.length && !last)) {
          throw truncated();
        }
        position += filled;
        AudioClip audio =
            OffsetRemoval.from(AudioClip.of(Arrays.copyOf(samples, filled), source.sampleRate()));
        window.accept(
            description
                .standardization()
                .apply(frontend.encoded(audio, plan.from(number + 1) - plan.from(number))));
      }
    }
  }

  private static long skip(AudioSource source, long samples) {
    float[] piece = new float[PIECE];
    long skipped = 0;
    for (int count = -1; count != 0 && skipped < samples; skipped += count) {
      count = source.read(piece, 0, (int) Math.min(PIECE, samples - skipped));
    }
    return skipped;
  }

  private interface Samples {
    void accept(float[] piece, int length);
  }

  /** Returns the duration in seconds, and adds the notes. */
  private static double read(
      AudioInput input,
      Frontend frontend,
      Samples samples,
      FeatureStream.Sink frames,
      List<String> notes) {
    try (AudioSource source = ChannelInputs.open(input)) {
      int held = (int) Math.round(OffsetRemoval.HORIZON_SECONDS * source.sampleRate());
      Frontend.Signal signal = frontend.signal(source.sampleRate(), held, frames);
      float[] piece = new float[PIECE];
      long total = 0;
      for (int count = read(source, piece); count > 0; count = read(source, piece)) {
        samples.accept(piece, count);
        signal.push(piece, 0, count);
        total += count;
      }
      signal.finish();
      notes.addAll(frontend.notes(source));
      return (double) total / source.sampleRate();
    }
  }

  private static int read(AudioSource source, float[] piece) {
    return source.read(piece, 0, piece.length);
  }

  /** Collects the frames of one window after another. */
  private final class Windows implements FeatureStream.Sink {
    private final ModelDescription description;
    private final Consumer<FeatureMatrix> window;
    private final WindowPlan plan;
    private final int columns;
    private float[] values = {};
    private int filled;
    private int frame;
    private int delivered;

    Windows(ModelDescription description, Consumer<FeatureMatrix> window) {
      this.description = description;
      this.window = window;
      this.plan = WindowPlan.of(description, speech.to() - speech.from());
      this.columns = description.features().columns();
    }

    @Override
    public void accept(float[] rows, int count) {
      for (int row = 0; row < count; row++, frame++) {
        if (frame < speech.from() || delivered == plan.count()) {
          continue;
        }
        if (filled == 0) {
          values = new float[(plan.from(delivered + 1) - plan.from(delivered)) * columns];
        }
        System.arraycopy(rows, row * columns, values, filled, columns);
        filled += columns;
        if (filled == values.length) {
          FeatureMatrix features = new FeatureMatrix(filled / columns, columns, values);
          window.accept(description.standardization().apply(features));
          filled = 0;
          delivered++;
        }
      }
    }
  }
}
