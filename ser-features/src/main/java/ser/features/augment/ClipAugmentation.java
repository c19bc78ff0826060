package ser.features.augment;

import java.util.random.RandomGenerator;
import ser.features.audio.AudioClip;

/** A random change of a clip. */
public sealed interface ClipAugmentation
    permits Babble,
        Bandwidth,
        Clipping,
        Compose,
        Equalization,
        Gain,
        Noise,
        Offset,
        OneOf,
        PacketLoss,
        Reverberation,
        Speed,
        Telephone,
        WithProbability {
  /**
   * Changes a clip.
   *
   * @param clip the audio; left alone
   * @param random where every draw comes from
   * @return the changed clip, at the same rate
   */
  AudioClip apply(AudioClip clip, RandomGenerator random);
}
