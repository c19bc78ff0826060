import org.jspecify.annotations.NullMarked;

/** Decoders of compressed audio. They are found by ServiceLoader; nothing is exported. */
@NullMarked
module ser.audio.codecs {
  requires concentus;
  requires j.ogg.vorbis;
  requires java.logging;
  requires javasound.aac;
  requires static jlayer;
  requires static org.jspecify;
  requires ser.features;

  provides ser.features.audio.spi.AudioDecoderProvider with
      ser.audio.codecs.AdtsDecoderProvider,
      ser.audio.codecs.Mp3DecoderProvider,
      ser.audio.codecs.Mp4DecoderProvider,
      ser.audio.codecs.OpusDecoderProvider,
      ser.audio.codecs.VorbisDecoderProvider;
}
