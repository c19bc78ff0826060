package ser.report.page;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import ser.features.audio.AudioClip;
import ser.pipeline.io.WavWriter;
import ser.report.html.Element;

/** Players of audio that lies in the page itself. */
public final class AudioPlayer {
  private AudioPlayer() {}

  /**
   * Makes a player.
   *
   * @param label the clip in words, for those who do not see the page
   * @param clip the audio, which takes 8/3 bytes a sample in the page
   * @return the player, of 16-bit WAV at the clip's rate
   */
  public static Element of(String label, AudioClip clip) {
    ByteArrayOutputStream wav = new ByteArrayOutputStream();
    try {
      WavWriter.writeTo(wav, clip);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an array takes all bytes
    }
    return Element.of("audio")
        .with("controls", "")
        .with("preload", "metadata")
        .with("aria-label", label)
        .with(
            "src",
            "data:audio/wav;base64," + Base64.getEncoder().encodeToString(wav.toByteArray()));
  }
}
