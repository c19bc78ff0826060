package ser.features.audio;

import java.io.IOException;
import java.util.OptionalLong;

/** Reads one format: as {@link AudioSource}, but sees neither to strange samples nor to errors. */
interface Decoder {
  int sampleRate();

  OptionalLong length();

  int read(float[] into, int offset, int length) throws IOException;
}
