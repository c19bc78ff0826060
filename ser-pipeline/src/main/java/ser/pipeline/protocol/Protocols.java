package ser.pipeline.protocol;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import ser.api.SerException;

/** The protocols by name. */
public final class Protocols {
  /** The name of the protocol that trains on some corpora and tests on others. */
  public static final String CROSS_CORPUS = CrossCorpus.NAME;

  private Protocols() {}

  /** A protocol without a parameter, or the form of one with a parameter. */
  private record Entry(String form, Function<String, Protocol> parse) {
    String word() {
      return form.replaceFirst(":.*", "");
    }

    boolean hasParameter() {
      return form.contains(":");
    }
  }

  private static final List<Entry> ENTRIES =
      List.of(
          entry(new RavdessSixFold()),
          entry(new TextIndependent()),
          entry(new IemocapFiveSession()),
          entry(new LeaveOneSpeakerOut()),
          new Entry(SpeakerKFold.FORM, SpeakerKFold::parse),
          entry(new GivenSplit()),
          entry(new CrossCorpus(Set.of())),
          entry(new RandomSplit()));

  private static Entry entry(Protocol protocol) {
    return new Entry(protocol.name(), parameter -> protocol);
  }

  /** {@return the names of all protocols; K stands for a number} */
  public static List<String> names() {
    return ENTRIES.stream().map(Entry::form).toList();
  }

  /**
   * Finds a protocol.
   *
   * @param name its name, for example {@code loso} or {@code speaker-kfold:5}
   * @return the protocol
   * @throws SerException when there is no protocol of that name, which lists the names, or its
   *     parameter is missing, superfluous or out of range
   */
  public static Protocol named(String name) {
    int colon = name.indexOf(':');
    String word = colon < 0 ? name : name.substring(0, colon);
    Entry entry =
        ENTRIES.stream()
            .filter(candidate -> candidate.word().equals(word))
            .findFirst()
            .orElseThrow(
                () ->
                    new SerException(
                        "no protocol '%s'; expected one of %s"
                            .formatted(name, String.join(", ", names()))));
    if (entry.hasParameter() != colon >= 0) {
      throw new SerException(
          "protocol '%s' has %s parameter; expected %s"
              .formatted(name, colon < 0 ? "no" : "a", entry.form()));
    }
    return entry.parse().apply(name.substring(colon + 1));
  }

  /**
   * Returns the number of folds of a protocol whose name was recorded, possibly by another version.
   *
   * @param name the name, for example {@code loso}
   * @return the number of {@link Protocol#foldCount()}; empty where the corpus decides it, and for
   *     an unknown protocol
   */
  public static OptionalInt foldCount(String name) {
    try {
      return named(name).foldCount();
    } catch (SerException e) {
      return OptionalInt.empty();
    }
  }

  /**
   * Returns the warning of a protocol whose name was recorded, possibly by another version.
   *
   * @param name the name, for example {@code random}
   * @return the warning of {@link Protocol#warning()}; empty when there is none, or no such
   *     protocol
   */
  public static Optional<String> warning(String name) {
    try {
      return named(name).warning();
    } catch (SerException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns the protocol that trains on some corpora and tests on others.
   *
   * @param tested the names of the corpora that are tested
   * @return the protocol {@code cross-corpus}
   */
  public static Protocol crossCorpus(Set<String> tested) {
    return new CrossCorpus(tested);
  }
}
