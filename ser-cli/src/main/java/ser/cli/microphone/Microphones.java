package ser.cli.microphone;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;
import ser.api.SerException;

/** Sources of microphone lines: those of the machine, or a stand-in for tests. */
public interface Microphones {
  /**
   * Opens a microphone for 16-bit samples; recording has not begun.
   *
   * @param name part of its mixer's name; the machine's default if empty
   * @return the line, opened; the caller closes it
   * @throws SerException when there is none, or it is in use; names the mixers there are
   */
  TargetDataLine open(Optional<String> name);

  /** The microphones that Java finds in this machine. */
  final class OfTheMachine implements Microphones {
    /** 16 kHz is the rate of the models; the others are those of sound cards. */
    private static final List<AudioFormat> FORMATS =
        Stream.of(16_000, 48_000, 44_100)
            .flatMap(
                rate ->
                    Stream.of(1, 2)
                        .map(channels -> new AudioFormat(rate, 16, channels, true, false)))
            .toList();

    /** Makes the source; nothing is opened yet. */
    public OfTheMachine() {}

    @Override
    public TargetDataLine open(Optional<String> name) {
      List<String> mixers = new ArrayList<>();
      for (Mixer.Info info : AudioSystem.getMixerInfo()) {
        mixers.add(info.getName());
        if (!containsIgnoringCase(info.getName(), name.orElse(""))) {
          continue;
        }
        Mixer mixer = AudioSystem.getMixer(info);
        for (AudioFormat format : FORMATS) {
          DataLine.Info wanted = new DataLine.Info(TargetDataLine.class, format);
          if (mixer.isLineSupported(wanted)) {
            return open(mixer, wanted, format);
          }
        }
      }
      throw new SerException(
          "No microphone%s; mixers found: %s"
              .formatted(
                  name.map(part -> " with '" + part + "' in its name").orElse(""),
                  mixers.isEmpty() ? "none" : String.join(", ", mixers)));
    }

    private static boolean containsIgnoringCase(String name, String part) {
      return name.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
    }

    private static TargetDataLine open(Mixer mixer, DataLine.Info wanted, AudioFormat format) {
      try {
        TargetDataLine line = (TargetDataLine) mixer.getLine(wanted);
        line.open(format);
        return line;
      } catch (LineUnavailableException e) {
        throw new SerException(
            "The microphone '%s' cannot be opened, does another program use it? %s"
                .formatted(mixer.getMixerInfo().getName(), e.getMessage()),
            e);
      }
    }
  }
}
