package ser.pipeline.pretrained;

import java.util.concurrent.atomic.AtomicInteger;
import ser.features.audio.AudioClip;
import ser.features.dsp.FeatureMatrix;
import ser.features.pretrained.EncoderInput;
import ser.features.pretrained.PretrainedEncoder;

/**
 * An encoder by hand: a frame every 20 ms, of two layers of three columns, from the mean, the root
 * mean square and the zero crossings of its samples.
 */
public final class StubEncoder implements PretrainedEncoder {
  private static final int HOP = 320;

  private final String sha256;
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger closes = new AtomicInteger();

  public StubEncoder(char digit) {
    this.sha256 = String.valueOf(digit).repeat(64);
  }

  /** Returns how often it was closed. */
  public int closes() {
    return closes.get();
  }

  public int calls() {
    return calls.get();
  }

  @Override
  public String sha256() {
    return sha256;
  }

  @Override
  public EncoderInput input() {
    return EncoderInput.of(EncoderInput.Kind.WAVEFORM);
  }

  @Override
  public int layers() {
    return 2;
  }

  @Override
  public int width() {
    return 3;
  }

  @Override
  public int samplesPerFrame() {
    return HOP;
  }

  @Override
  public FeatureMatrix encode(AudioClip clip) {
    calls.incrementAndGet();
    float[] samples = clip.samples();
    int frames = Math.max(1, samples.length / HOP);
    float[] values = new float[frames * columns()];
    for (int frame = 0; frame < frames; frame++) {
      double mean = 0;
      double square = 0;
      int crossings = 0;
      int from = frame * HOP;
      int to = Math.min(samples.length, from + HOP);
      for (int i = from; i < to; i++) {
        mean += samples[i] / (to - from);
        square += (double) samples[i] * samples[i] / (to - from);
        crossings += i > from && samples[i] * samples[i - 1] < 0 ? 1 : 0;
      }
      float[] row = {(float) mean, (float) Math.sqrt(square), crossings / 100f};
      for (int column = 0; column < 3; column++) {
        values[frame * 6 + column] = row[column];
        values[frame * 6 + 3 + column] = -row[column] + 1;
      }
    }
    return new FeatureMatrix(frames, columns(), values);
  }

  @Override
  public void close() {
    closes.incrementAndGet();
  }
}
