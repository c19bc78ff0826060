package ser.pipeline.training;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import ser.features.audio.AudioClip;
import ser.features.augment.Speed;
import ser.features.dsp.FeatureMatrix;
import ser.features.dsp.FeatureSettings;
import ser.pipeline.corpus.Segment;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.corpus.UtteranceAudio;
import ser.pipeline.recognition.Frontend;

/**
 * The features of each clip at each speed, in memory, so that every epoch after the first costs no
 * audio. A minute of audio takes 1.5 MB at each speed. Thread-safe.
 */
public final class FeatureCache {
  private final Frontend frontend;
  private final BiFunction<Utterance, AudioClip, AudioClip> change;
  private final Map<Key, FeatureMatrix> features = new ConcurrentHashMap<>();

  private record Key(Path path, Optional<Segment> segment, double speed) {}

  /**
   * An empty cache.
   *
   * @param frontend what computes features
   */
  public FeatureCache(Frontend frontend) {
    this(frontend, (utterance, clip) -> clip);
  }

  /**
   * An empty cache of changed clips.
   *
   * @param frontend what computes features
   * @param change of each clip at the features' sample rate, before anything else
   */
  FeatureCache(Frontend frontend, BiFunction<Utterance, AudioClip, AudioClip> change) {
    this.frontend = frontend;
    this.change = change;
  }

  /**
   * Computes what is missing, on all cores.
   *
   * @param utterances the clips
   * @param speeds the speeds of each
   * @param listener called with the progress
   * @throws ser.api.AudioException when a clip cannot be read; names it
   */
  public void prepare(
      Collection<Utterance> utterances, Collection<Double> speeds, TrainingListener listener) {
    prepare(utterances, speeds, listener, () -> false);
  }

  /** Computes what is missing until {@code stop} is true; what is then missing stays missing. */
  void prepare(
      Collection<Utterance> utterances,
      Collection<Double> speeds,
      TrainingListener listener,
      BooleanSupplier stop) {
    List<Utterance> missing =
        utterances.stream()
            .filter(
                utterance ->
                    speeds.stream().anyMatch(speed -> !features.containsKey(key(utterance, speed))))
            .toList();
    AtomicInteger done = new AtomicInteger();
    missing.parallelStream()
        .forEach(
            utterance -> {
              if (stop.getAsBoolean()) {
                return;
              }
              AudioClip clip = read(utterance);
              for (double speed : speeds) {
                features.computeIfAbsent(
                    key(utterance, speed), key -> extract(Speed.change(clip, speed)));
              }
              listener.features(done.incrementAndGet(), missing.size());
            });
  }

  /**
   * Looks a clip up, or computes its features.
   *
   * @param utterance the clip
   * @param speed its speed; 1 leaves it as it is
   * @return the features of its speech, not standardised
   * @throws ser.api.AudioException when the clip cannot be read
   */
  public FeatureMatrix get(Utterance utterance, double speed) {
    return features.computeIfAbsent(
        key(utterance, speed), key -> extract(Speed.change(read(utterance), speed)));
  }

  /** {@return the settings of the features} */
  FeatureSettings settings() {
    return frontend.settings();
  }

  private static Key key(Utterance utterance, double speed) {
    return new Key(utterance.path(), utterance.segment(), speed);
  }

  /** Decodes the speech of an utterance, at the features' sample rate, and changes it. */
  AudioClip read(Utterance utterance) {
    return change.apply(
        utterance, readSpeech(utterance).resampledTo(frontend.settings().sampleRate()));
  }

  /**
   * Decodes the speech of an utterance, for training and evaluation alike.
   *
   * @return the clip at its own rate
   * @throws ser.api.AudioException when it cannot be read, is silent or is shorter than 0.1 s, as
   *     in recognition
   */
  static AudioClip readSpeech(Utterance utterance) {
    AudioClip clip = UtteranceAudio.read(utterance);
    Frontend.requireSpeech(utterance.source(), clip);
    return clip;
  }

  /** Computes the features of the speech in a clip; they are not kept. */
  FeatureMatrix extract(AudioClip clip) {
    return frontend.speech(clip).features();
  }
}
