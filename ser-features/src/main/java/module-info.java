import org.jspecify.annotations.NullMarked;

/** Audio input, resampling, acoustic features and augmentation. */
@NullMarked
module ser.features {
  requires transitive ser.api;
  requires static org.jspecify;
  requires jflac.codec;

  // Mono clips, reading them from WAV and FLAC, resampling them.
  exports ser.features.audio;

  // Decoders of further audio formats; applications do not use it.
  exports ser.features.audio.spi;

  // Log-mel, MFCC and RMS matrices from clips, in librosa's conventions.
  exports ser.features.dsp;

  // Seeded changes of clips and features that make a training set larger.
  exports ser.features.augment;

  // Pretrained encoders, whose outputs are features.
  exports ser.features.pretrained;

  uses ser.features.pretrained.PretrainedEncoderProvider;
  uses ser.features.audio.spi.AudioDecoderProvider;
}
