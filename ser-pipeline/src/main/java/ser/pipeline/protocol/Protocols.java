package ser.pipeline.protocol;

import java.util.List;
import ser.api.SerException;

/** The protocols by name. */
public final class Protocols {
  private Protocols() {}

  /** {@return every protocol} */
  public static List<Protocol> all() {
    return List.of(
        new RavdessSixFold(),
        new IemocapFiveSession(),
        new LeaveOneSpeakerOut(),
        new RandomSplit());
  }

  /** {@return the names of all protocols} */
  public static List<String> names() {
    return all().stream().map(Protocol::name).toList();
  }

  /**
   * Finds a protocol.
   *
   * @param name its name, for example {@code loso}
   * @return the protocol
   * @throws SerException when there is no protocol of that name; the message lists the names
   */
  public static Protocol named(String name) {
    return all().stream()
        .filter(protocol -> protocol.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new SerException(
                    "no protocol '%s'; expected one of %s"
                        .formatted(name, String.join(", ", names()))));
  }
}
