package ser.pipeline.vad;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Sounds that are no speech, drawn at random: music of synthetic instruments, tones and sweeps,
 * chirps, knocks, and noise of changing spectrum and level. The detector's training needs no
 * recordings of them.
 */
enum SyntheticSound {
  /** Up to three synthetic instruments that play chords and melodies, and a rhythm. */
  MUSIC {
    @Override
    void render(float[] samples, double rate, RandomGenerator random) {
      double beat = 60 / uniform(random, 50, 170);
      int[] scale = random.nextBoolean() ? MAJOR : MINOR;
      double root = 110 * Math.pow(2, random.nextInt(12) / 12.0);
      int instruments = 1 + random.nextInt(3);
      for (int i = 0; i < instruments; i++) {
        float[] part = new float[samples.length];
        double octave = Math.pow(2, random.nextInt(4) - 1);
        if (random.nextBoolean()) {
          melody(part, rate, beat, octave * root, scale, random);
        } else {
          chords(part, rate, beat, octave * root, scale, random);
        }
        for (int body = random.nextInt(4); body > 0; body--) {
          resonate(part, rate, logUniform(random, 200, 5000), uniform(random, 0.8, 0.99));
        }
        if (random.nextDouble() < 0.3) {
          modulate(part, rate, random);
        }
        double level = uniform(random, 0.3, 1);
        for (int at = 0; at < samples.length; at++) {
          samples[at] += (float) (level * part[at]);
        }
      }
      if (random.nextBoolean()) {
        for (double t = uniform(random, -beat, 0); t < samples.length / rate; t += beat / 2) {
          if (random.nextDouble() < 0.8) {
            knock(samples, rate, t, random);
          }
        }
      }
    }
  },
  /** Beeps, steady tones, and sweeps. */
  TONES {
    @Override
    void render(float[] samples, double rate, RandomGenerator random) {
      double seconds = samples.length / rate;
      double period = uniform(random, 0.1, 1.5);
      double duty = random.nextDouble() < 0.3 ? 1 : uniform(random, 0.2, 0.9);
      double from = logUniform(random, 80, 4000);
      double to = random.nextBoolean() ? from : logUniform(random, 80, 4000);
      double[] amplitude = new double[random.nextBoolean() ? 1 : 1 + random.nextInt(8)];
      Arrays.setAll(amplitude, k -> 1.0 / (k + 1));
      double phase = 0;
      for (int i = 0; i < samples.length; i++) {
        double t = i / rate;
        double within = t % period / period;
        double hz = from * Math.pow(to / from, duty == 1 ? t / seconds : within / duty);
        phase += 2 * Math.PI * hz / rate;
        if (within < duty) {
          samples[i] += (float) harmonics(amplitude, phase, hz, rate);
        }
      }
    }
  },
  /** Short harmonic calls with gliding pitch, as of birds, dogs and alarms. */
  CHIRPS {
    @Override
    void render(float[] samples, double rate, RandomGenerator random) {
      double seconds = samples.length / rate;
      double low = logUniform(random, 250, 4000);
      Timbre timbre = Timbre.draw(random);
      double t = uniform(random, 0, 0.5);
      while (t < seconds) {
        double length = uniform(random, 0.03, 0.35);
        double hz = low * uniform(random, 0.8, 1.6);
        timbre.glide(samples, rate, t, length, hz, hz * uniform(random, 0.5, 2), random);
        t += length + (random.nextDouble() < 0.6 ? uniform(random, 0.02, 0.2) : 1);
      }
    }
  },
  /** Clicks, knocks and claps: decaying resonances. */
  KNOCKS {
    @Override
    void render(float[] samples, double rate, RandomGenerator random) {
      double seconds = samples.length / rate;
      double mean = logUniform(random, 0.04, 0.8);
      boolean regular = random.nextBoolean();
      for (double t = uniform(random, 0, mean);
          t < seconds;
          t += regular ? mean : mean * 2 * random.nextDouble() + 0.01) {
        knock(samples, rate, t, random);
      }
    }
  },
  /** Noise through resonances, with a level that is steady, fluctuates, or comes in bursts. */
  NOISE {
    @Override
    void render(float[] samples, double rate, RandomGenerator random) {
      int resonances = random.nextInt(4);
      for (int i = 0; i < samples.length; i++) {
        samples[i] = (float) random.nextGaussian();
      }
      double tilt = uniform(random, 0, 0.98); // of a one-pole low-pass filter
      double last = 0;
      for (int i = 0; i < samples.length; i++) {
        last = tilt * last + (1 - tilt) * samples[i];
        samples[i] = (float) last;
      }
      for (int each = 0; each < resonances; each++) {
        resonate(samples, rate, logUniform(random, 100, 6000), uniform(random, 0.8, 0.995));
      }
      modulate(samples, rate, random);
    }
  },
  /** Motors and hum: harmonics of a slowly drifting pitch, with some noise. */
  MOTOR {
    @Override
    void render(float[] samples, double rate, RandomGenerator random) {
      double hz = logUniform(random, 25, 400);
      double drift = uniform(random, -0.2, 0.2);
      int harmonics = 3 + random.nextInt(30);
      double[] amplitude = new double[harmonics];
      for (int k = 0; k < harmonics; k++) {
        amplitude[k] = random.nextDouble() / (1 + k * uniform(random, 0, 1));
      }
      double noise = uniform(random, 0, 0.5);
      double phase = 0;
      for (int i = 0; i < samples.length; i++) {
        double t = (double) i / samples.length;
        double now = hz * (1 + drift * t);
        phase += 2 * Math.PI * now / rate;
        double sum = noise * random.nextGaussian();
        samples[i] += (float) (sum + harmonics(amplitude, phase, now, rate));
      }
      if (random.nextDouble() < 0.3) {
        modulate(samples, rate, random);
      }
    }
  };

  private static final int[] MAJOR = {0, 2, 4, 5, 7, 9, 11};
  private static final int[] MINOR = {0, 2, 3, 5, 7, 8, 10};

  /** Adds the sound to silence. */
  abstract void render(float[] samples, double rate, RandomGenerator random);

  /**
   * Draws a sound.
   *
   * @param length in samples
   * @param rate in hertz
   * @return samples of mean power 1, or silence where the sound pauses all along
   */
  float[] draw(int length, double rate, RandomGenerator random) {
    float[] samples = new float[length];
    render(samples, rate, random);
    double power = 0;
    for (float sample : samples) {
      power += (double) sample * sample / length;
    }
    float factor = power > 0 ? (float) (1 / Math.sqrt(power)) : 0;
    for (int i = 0; i < length; i++) {
      samples[i] *= factor;
    }
    return samples;
  }

  /** Returns Σ a_k · sin((k + 1) · phase) over the harmonics below half the sample rate. */
  private static double harmonics(double[] amplitude, double phase, double hz, double rate) {
    double factor = 2 * Math.cos(phase);
    double sine = Math.sin(phase);
    double before = 0;
    double sum = 0;
    for (int k = 0; k < amplitude.length && (k + 1) * hz < rate / 2; k++) {
      sum += amplitude[k] * sine;
      double next = factor * sine - before;
      before = sine;
      sine = next;
    }
    return sum;
  }

  static double uniform(RandomGenerator random, double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  static double logUniform(RandomGenerator random, double low, double high) {
    return low * Math.pow(high / low, random.nextDouble());
  }

  private static void melody(
      float[] part, double rate, double beat, double root, int[] scale, RandomGenerator random) {
    Timbre timbre = Timbre.draw(random);
    boolean glides = random.nextDouble() < 0.25;
    int step = random.nextInt(7);
    double hz = pitch(root, scale, step);
    double t = uniform(random, -beat, 0);
    while (t < part.length / rate) {
      double length = beat * Math.pow(2, random.nextInt(5) - 3);
      step = Math.max(-3, Math.min(14, step + random.nextInt(5) - 2));
      double next = pitch(root, scale, step);
      if (random.nextDouble() < 0.85) {
        double held = length * uniform(random, 0.6, 1.3);
        if (glides) {
          timbre.glide(part, rate, t, held, hz, next, random);
        } else {
          timbre.play(part, rate, t, held, next, 1, random);
        }
      }
      hz = next;
      t += length;
    }
  }

  private static void chords(
      float[] part, double rate, double beat, double root, int[] scale, RandomGenerator random) {
    Timbre timbre = Timbre.draw(random);
    int notes = 2 + random.nextInt(3);
    double t = uniform(random, -beat, 0);
    while (t < part.length / rate) {
      double length = beat * (1 << random.nextInt(3));
      int base = random.nextInt(7);
      for (int note = 0; note < notes; note++) {
        double hz = pitch(root, scale, base + 2 * note);
        timbre.play(part, rate, t, length * uniform(random, 0.7, 1.5), hz, 0.5, random);
      }
      t += length;
    }
  }

  private static double pitch(double root, int[] scale, int degree) {
    int octave = Math.floorDiv(degree, scale.length);
    return root * Math.pow(2, octave + scale[Math.floorMod(degree, scale.length)] / 12.0);
  }

  /** Adds a burst of noise through a resonance, which decays. */
  private static void knock(float[] samples, double rate, double start, RandomGenerator random) {
    double decay = logUniform(random, 0.002, 0.15);
    double hz = logUniform(random, 60, 6000);
    Resonance resonance = new Resonance(hz, Math.exp(-1 / (decay * rate)), rate);
    double excitation = logUniform(random, 1 / rate, 0.01) * rate;
    double level = uniform(random, 0.3, 1);
    int from = (int) (start * rate);
    int count = (int) (6 * decay * rate + excitation);
    for (int i = 0; i < count; i++) {
      double value = resonance.next(i < excitation ? level * random.nextGaussian() : 0);
      if (from + i >= 0 && from + i < samples.length) {
        samples[from + i] += (float) value;
      }
    }
  }

  /** Adds what a resonance makes of the sound. */
  private static void resonate(float[] samples, double rate, double hz, double pole) {
    Resonance resonance = new Resonance(hz, pole, rate);
    for (int i = 0; i < samples.length; i++) {
      samples[i] += (float) resonance.next(samples[i]);
    }
  }

  /** A filter of two poles. */
  private static final class Resonance {
    private final double cosine;
    private final double pole;
    private double last;
    private double beforeLast;

    Resonance(double hz, double pole, double rate) {
      this.cosine = 2 * pole * Math.cos(2 * Math.PI * hz / rate);
      this.pole = pole;
    }

    double next(double input) {
      double value = input + cosine * last - pole * pole * beforeLast;
      beforeLast = last;
      last = value;
      return value * (1 - pole);
    }
  }

  /** Leaves the level steady, lets it fluctuate at the rate of syllables, or switches it. */
  private static void modulate(float[] samples, double rate, RandomGenerator random) {
    int kind = random.nextInt(4);
    if (kind > 1) {
      return;
    }
    double hz = logUniform(random, 0.3, 12);
    double depth = uniform(random, 0.3, 1);
    double phase = uniform(random, 0, 2 * Math.PI);
    double duty = uniform(random, -0.7, 0.7);
    for (int i = 0; i < samples.length; i++) {
      double wave = Math.sin(2 * Math.PI * hz * i / rate + phase);
      double level = kind == 0 ? 1 - depth * (1 + wave) / 2 : wave > duty ? 1 : 1 - depth;
      samples[i] *= (float) level;
    }
  }

  /** The harmonics and the envelope of an instrument. */
  @SuppressWarnings("ArrayRecordComponent") // short-lived, never compared
  private record Timbre(double[] harmonics, double attack, double decay, double vibrato) {
    static Timbre draw(RandomGenerator random) {
      double[] harmonics = new double[1 + random.nextInt(16)];
      double slope = uniform(random, 0.3, 2);
      boolean odd = random.nextDouble() < 0.25;
      for (int k = 0; k < harmonics.length; k++) {
        boolean absent = odd && k % 2 == 1;
        harmonics[k] = absent ? 0 : uniform(random, 0.3, 1) / Math.pow(k + 1, slope);
      }
      double vibrato = random.nextDouble() < 0.4 ? uniform(random, 0, 0.03) : 0;
      double decay = random.nextBoolean() ? 1e9 : logUniform(random, 0.05, 1);
      return new Timbre(harmonics, logUniform(random, 0.002, 0.15), decay, vibrato);
    }

    void play(
        float[] samples,
        double rate,
        double start,
        double seconds,
        double hz,
        double level,
        RandomGenerator random) {
      render(samples, rate, start, seconds, hz, hz, level * uniform(random, 0.5, 1));
    }

    void glide(
        float[] samples,
        double rate,
        double start,
        double seconds,
        double from,
        double to,
        RandomGenerator random) {
      render(samples, rate, start, seconds, from, to, uniform(random, 0.5, 1));
    }

    private void render(
        float[] samples,
        double rate,
        double start,
        double seconds,
        double from,
        double to,
        double level) {
      double release = 0.05;
      int first = (int) (start * rate);
      int count = (int) ((seconds + release) * rate);
      double phase = 0;
      for (int i = 0; i < count; i++) {
        double t = i / rate;
        double bend = 1 + vibrato * Math.sin(2 * Math.PI * 5.5 * t);
        double hz = bend * from * Math.pow(to / from, Math.min(1, t / seconds));
        phase += 2 * Math.PI * hz / rate;
        int at = first + i;
        if (at < 0 || at >= samples.length) {
          continue;
        }
        double envelope =
            Math.min(1, t / attack)
                * Math.exp(-t / decay)
                * (t < seconds ? 1 : 1 - (t - seconds) / release);
        double sum = SyntheticSound.harmonics(harmonics, phase, hz, rate);
        samples[at] += (float) (level * envelope * sum);
      }
    }
  }

  /** {@return a sound; music and noise, which are the hardest, more often than the others} */
  static SyntheticSound any(RandomGenerator random) {
    double drawn = random.nextDouble();
    SyntheticSound[] others = {TONES, CHIRPS, KNOCKS, MOTOR};
    return drawn < 0.35 ? MUSIC : drawn < 0.65 ? NOISE : others[random.nextInt(others.length)];
  }
}
