package ser.audio.codecs;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import net.sourceforge.jaad.aac.Decoder;
import net.sourceforge.jaad.aac.syntax.ICStream;

/** Decodes AAC frames with JAAD. */
final class AacFrames {
  /**
   * The state of JAAD's noise generator, which all its decoders share: a file that uses perceptual
   * noise substitution would be decoded into other samples each time. So every file gets a state of
   * its own, put into place while one of its frames is decoded.
   */
  private static final VarHandle NOISE = noise();

  /** JAAD logs damage with its stack trace; it is thrown here instead. */
  private static final List<Logger> LOGGERS =
      List.of(
          Logger.getLogger("jaad.aac.Decoder"),
          Logger.getLogger("jaad.aac.syntax.PCE"),
          Logger.getLogger("jaad.aac.syntax.ICStream"));

  private static final Object NOISE_LOCK = new Object();

  private final Decoder decoder;
  private List<float[]> planes = List.of();
  private int length;
  private int sampleRate;
  private int noise = 1;

  /**
   * Prepares the decoder.
   *
   * @param configuration the AudioSpecificConfig of ISO/IEC 14496-3
   */
  AacFrames(byte[] configuration) throws IOException {
    try {
      this.decoder = Decoder.create(configuration);
    } catch (RuntimeException e) {
      throw new IOException("its AAC configuration is not supported", e);
    }
    // Here and not once, because its classes set their levels when they are loaded.
    LOGGERS.forEach(logger -> logger.setLevel(Level.OFF));
  }

  private static VarHandle noise() {
    try {
      return MethodHandles.privateLookupIn(ICStream.class, MethodHandles.lookup())
          .findStaticVarHandle(ICStream.class, "randomState", int.class);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("another version of javasound-aac than the tested one", e);
    }
  }

  /**
   * Decodes a frame; its samples are valid until the next one.
   *
   * @throws IOException when it is damaged
   */
  void decode(byte[] frame) throws IOException {
    length = 0;
    synchronized (NOISE_LOCK) {
      NOISE.set(noise);
      decoder.decodeFrame(
          frame,
          (samples, count, rate) -> {
            planes = samples;
            length = count;
            sampleRate = rate;
          });
      noise = (int) NOISE.get();
    }
    if (length == 0) {
      throw new IOException("a frame cannot be decoded");
    }
  }

  int sampleRate() {
    return sampleRate;
  }

  int length() {
    return length;
  }

  /** The number of channels: without band replication a mono stream has two equal ones. */
  int channels() {
    boolean mono =
        decoder.getConfig().getChannelConfiguration().getChannelCount() == 1
            && decoder.getConfig().getSampleFrequency().getFrequency() == sampleRate;
    return mono ? Math.min(1, planes.size()) : planes.size();
  }

  /** Copies the samples, full scale at ±1. */
  void copyTo(float[][] into) {
    for (int channel = 0; channel < into.length; channel++) {
      float[] plane = planes.get(channel);
      for (int i = 0; i < length; i++) {
        // On a scale of 16 bits.
        into[channel][i] = plane[i] * 0x1p-15f;
      }
    }
  }
}
