package ser.pipeline.recognition;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import ser.features.audio.AudioClip;
import ser.pipeline.corpus.WavFiles;
import ser.pipeline.io.WavWriter;

/** Made-up audio: syllables of a tone and its overtones in a little noise. */
public final class Sounds {
  private Sounds() {}

  /** Four syllables a second; everything but the pitch follows from the seed. */
  public static float[] voice(long seed, double pitch, double seconds, int rate) {
    SplittableRandom random = new SplittableRandom(seed);
    double speed = 3 + 2 * random.nextDouble();
    float[] samples = new float[(int) Math.round(seconds * rate)];
    for (int i = 0; i < samples.length; i++) {
      double t = (double) i / rate;
      double syllable = Math.pow(Math.sin(Math.PI * speed * t), 2);
      double tone = 0;
      for (int overtone = 1; overtone <= 5 && overtone * pitch < rate / 2.0; overtone++) {
        tone += Math.sin(2 * Math.PI * pitch * overtone * t) / overtone;
      }
      double noise = 0.02 * (2 * random.nextDouble() - 1);
      samples[i] = (float) (0.3 * syllable * tone + noise);
    }
    return samples;
  }

  /** A voice as a WAV file. */
  public static Path write(Path file, long seed, double pitch, double seconds, int rate) {
    WavWriter.write(file, AudioClip.of(voice(seed, pitch, seconds, rate), rate));
    return file;
  }

  /** Float samples as a WAV file of several equal channels. */
  public static Path writeFloats(Path file, float[] samples, int rate, int channels) {
    int bytes = samples.length * channels * Float.BYTES;
    ByteBuffer wav = ByteBuffer.allocate(44 + bytes).order(ByteOrder.LITTLE_ENDIAN);
    wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + bytes);
    wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    wav.putShort((short) 3).putShort((short) channels).putInt(rate);
    wav.putInt(rate * channels * Float.BYTES).putShort((short) (channels * Float.BYTES));
    wav.putShort((short) 32).put("data".getBytes(StandardCharsets.US_ASCII)).putInt(bytes);
    for (float sample : samples) {
      for (int channel = 0; channel < channels; channel++) {
        wav.putFloat(sample);
      }
    }
    return WavFiles.writeBytes(file, wav.array());
  }
}
