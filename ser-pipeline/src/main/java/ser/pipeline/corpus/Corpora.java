package ser.pipeline.corpus;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** Opens a corpus by its specification, for example {@code ravdess:/data/ravdess}. */
public final class Corpora {
  private Corpora() {}

  private static final String MANIFEST = "csv";

  private record Scheme(String word, String argument, Function<Path, Corpus> reader) {}

  private static final List<Scheme> SCHEMES =
      List.of(
          new Scheme("ravdess", "DIR", Ravdess.LAYOUT::read),
          new Scheme("iemocap", "DIR", Iemocap::read),
          new Scheme("emodb", "DIR", EmoDb.LAYOUT::read),
          new Scheme("cremad", "DIR", CremaD.LAYOUT::read),
          new Scheme("tess", "DIR", Tess.LAYOUT::read),
          new Scheme("savee", "DIR", Savee.LAYOUT::read),
          new Scheme(MANIFEST, "FILE", CsvManifest::read));

  /**
   * Returns whether a corpus of this name has a published layout. Its speakers are then the same in
   * every copy; those of a manifest are only names.
   *
   * @param name the name of a corpus, see {@link Corpus#name()}
   * @return true for the readers of published layouts, for example {@code ravdess}
   */
  public static boolean isPublished(String name) {
    return SCHEMES.stream()
        .anyMatch(scheme -> scheme.word().equals(name) && !scheme.word().equals(MANIFEST));
  }

  /** {@return the forms a specification can take, for example {@code ravdess:DIR}} */
  public static List<String> forms() {
    return SCHEMES.stream().map(scheme -> scheme.word() + ":" + scheme.argument()).toList();
  }

  /**
   * Lists and checks a corpus; the audio itself is not read.
   *
   * @param specification one of {@link #forms()}
   * @return the corpus
   * @throws CorpusException when the specification has no such form, or the corpus is not there or
   *     not laid out as its reader expects
   */
  public static Corpus open(String specification) {
    int colon = specification.indexOf(':');
    String word = colon < 0 ? specification : specification.substring(0, colon);
    String argument = colon < 0 ? "" : specification.substring(colon + 1);
    for (Scheme scheme : SCHEMES) {
      if (scheme.word().equals(word) && !argument.isBlank()) {
        return scheme.reader().apply(path(argument));
      }
    }
    throw new CorpusException(
        "no corpus '%s'; expected one of %s".formatted(specification, String.join(", ", forms())));
  }

  private static Path path(String argument) {
    try {
      return Path.of(argument);
    } catch (InvalidPathException e) {
      throw new CorpusException("'%s' is not a path: %s".formatted(argument, e.getReason()), e);
    }
  }
}
