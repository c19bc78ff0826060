package ser.pipeline.vad;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import ser.features.audio.AudioClip;
import ser.features.augment.ClipAugmentation;
import ser.features.augment.Compose;
import ser.features.augment.Equalization;
import ser.features.augment.Reverberation;
import ser.features.augment.Telephone;
import ser.features.augment.WithProbability;
import ser.features.dsp.FeatureExtractor;
import ser.features.dsp.FeatureMatrix;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.modelpackage.VadModel;

/**
 * Training examples of the voice activity detector: clips of clean speech, or none, in silence or
 * over a sound, through a random channel and at a random level. A frame is speech where the clean
 * speech is no more than {@value #SPEECH_DB} dB softer than its loudest frame. Thread-safe.
 */
final class VadExamples {
  static final double SECONDS = 3;

  private static final double SPEECH_DB = 35;
  private static final int FILLED = 10; // frames of a pause within speech
  private static final double SPEECH = 0.65;
  private static final double SOUND = 0.8;
  private static final double PIECE = 0.35; // of a clip, 0.2 to 1 s, such as a single word

  private static final ClipAugmentation CHANNEL =
      new Compose(
          List.of(
              new WithProbability(0.3, new Reverberation(0.15, 0.7)),
              new WithProbability(0.4, new Equalization(9)),
              new WithProbability(0.2, new Telephone())));

  private final List<Utterance> utterances;
  private final Function<Utterance, AudioClip> reader;
  private final FeatureExtractor extractor = FeatureExtractor.of(VadModel.features());
  private final int rate = VadModel.features().sampleRate();
  private final int hop = VadModel.features().hopLength();

  /**
   * An example.
   *
   * @param features log-mel, [frames, bands]
   * @param speech 1 for each frame of speech, otherwise 0
   */
  @SuppressWarnings("ArrayRecordComponent") // short-lived, never compared
  record Example(FeatureMatrix features, float[] speech) {}

  /**
   * Prepares the examples.
   *
   * @param utterances clean speech, one or more
   * @param reader decodes one, at the features' rate
   */
  VadExamples(List<Utterance> utterances, Function<Utterance, AudioClip> reader) {
    this.utterances = List.copyOf(utterances);
    this.reader = reader;
  }

  /** Draws an example of the mix that is trained on. */
  Example draw(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean spoken = random.nextDouble() < SPEECH;
    boolean sound = random.nextDouble() < SOUND || !spoken;
    SyntheticSound kind = SyntheticSound.any(random);
    double snrDb = SyntheticSound.uniform(random, -5, 25);
    List<SyntheticSound> sounds =
        random.nextDouble() < 0.25 ? List.of(kind, SyntheticSound.any(random)) : List.of(kind);
    return draw(spoken, sound ? sounds : List.of(), snrDb, CHANNEL, random);
  }

  /**
   * Draws an example of one kind, through no channel.
   *
   * @param sounds none or some
   * @param snrDb power of the frames of speech to that of the sound
   */
  Example draw(boolean spoken, List<SyntheticSound> sounds, double snrDb, long seed) {
    return draw(spoken, sounds, snrDb, new Compose(List.of()), new SplittableRandom(seed));
  }

  private Example draw(
      boolean spoken,
      List<SyntheticSound> sounds,
      double snrDb,
      ClipAugmentation channel,
      RandomGenerator random) {
    int length = (int) (SECONDS * rate);
    float[] speech = new float[length];
    float[] targets = new float[1 + length / hop];
    double speechPower = 1;
    if (spoken) {
      int from = random.nextInt(-rate, rate);
      while (from < length) {
        AudioClip clip = reader.apply(utterances.get(random.nextInt(utterances.size())));
        int count = clip.samples().length;
        int begin = 0;
        int end = count;
        if (random.nextDouble() < PIECE) {
          end = Math.min(count, (int) (rate * SyntheticSound.uniform(random, 0.2, 1)));
          begin = random.nextInt(count - end + 1);
          end += begin;
        }
        place(clip.samples(), begin, end, speech, targets, from);
        from += end - begin + (int) (rate * SyntheticSound.uniform(random, 0.1, 1.5));
      }
      speechPower = power(speech, targets);
    }
    float[] mixed = speech;
    for (SyntheticSound sound : sounds) {
      float[] other = sound.draw(length, rate, random);
      int begin = random.nextDouble() < 0.3 ? random.nextInt(length) : 0;
      int end = random.nextDouble() < 0.3 ? random.nextInt(length) : length;
      double factor = Math.sqrt(speechPower / Math.pow(10, snrDb / 10));
      for (int i = begin; i < Math.max(begin, end); i++) {
        mixed[i] += (float) (factor * other[i]);
      }
    }
    AudioClip received = channel.apply(AudioClip.of(scaled(mixed, 1), rate), random);
    double level = Math.pow(10, SyntheticSound.uniform(random, -45, 0) / 20);
    float[] recorded = scaled(received.samples(), level);
    double noise = level * Math.pow(10, SyntheticSound.uniform(random, -90, -50) / 20);
    if (random.nextDouble() < 0.8) {
      for (int i = 0; i < length; i++) {
        recorded[i] += (float) (noise * random.nextGaussian());
      }
    }
    return new Example(extractor.extract(AudioClip.of(recorded, rate)), targets);
  }

  /** Scales samples to a peak; silence stays silence. */
  private static float[] scaled(float[] samples, double peak) {
    float largest = 1e-9f;
    for (float sample : samples) {
      largest = Math.max(largest, Math.abs(sample));
    }
    float[] scaled = new float[samples.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (peak * samples[i] / largest);
    }
    return scaled;
  }

  /** Adds a piece of a clip to the speech, and its frames of speech to the targets. */
  private void place(float[] clip, int begin, int end, float[] speech, float[] targets, int from) {
    boolean[] spoken = spoken(clip);
    for (int frame = (begin + hop - 1) / hop; frame * hop < end; frame++) {
      int at = Math.floorDiv(from + frame * hop - begin, hop);
      if (spoken[frame] && at >= 0 && at < targets.length) {
        targets[at] = 1;
      }
    }
    for (int i = begin; i < end; i++) {
      int at = from + i - begin;
      if (at >= 0 && at < speech.length) {
        speech[at] += clip[i];
      }
    }
  }

  /** Finds the frames of speech of a clean clip, with short pauses. */
  private boolean[] spoken(float[] clip) {
    double[] energy = new double[1 + clip.length / hop];
    double loudest = 0;
    for (int frame = 0; frame < energy.length; frame++) {
      for (int i = frame * hop - hop; i < frame * hop + hop; i++) {
        energy[frame] += i < 0 || i >= clip.length ? 0 : (double) clip[i] * clip[i];
      }
      loudest = Math.max(loudest, energy[frame]);
    }
    boolean[] spoken = new boolean[energy.length];
    double threshold = loudest * Math.pow(10, -SPEECH_DB / 10);
    int last = -1;
    for (int frame = 0; frame < energy.length; frame++) {
      if (energy[frame] > threshold) {
        boolean pause = last >= 0 && frame - last <= FILLED;
        Arrays.fill(spoken, pause ? last + 1 : frame, frame + 1, true);
        last = frame;
      }
    }
    return spoken;
  }

  /** Returns the mean power of the frames of speech; 1 where there is none. */
  private double power(float[] speech, float[] targets) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < speech.length; i++) {
      if (targets[i / hop] == 1) {
        sum += (double) speech[i] * speech[i];
        count++;
      }
    }
    return sum > 0 ? sum / count : 1;
  }
}
