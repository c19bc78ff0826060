package ser.pipeline.corpus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import ser.pipeline.io.FolderSearch;

/** The files of a corpus folder, in an order that does not depend on the file system. */
final class CorpusFolder {
  private CorpusFolder() {}

  /** Shallow first, so that of two copies of a file the one nearer to the root is kept. */
  private static final Comparator<Path> SHALLOW_FIRST =
      Comparator.comparingInt(Path::getNameCount).thenComparing(Path::toString);

  /**
   * Requires a folder.
   *
   * @param expected what the folder should hold, for the message
   * @throws CorpusException when there is no folder at {@code root}
   */
  static void require(Path root, String expected) {
    if (!Files.exists(root)) {
      throw new CorpusException("%s does not exist; expected %s".formatted(root, expected));
    }
    if (!Files.isDirectory(root)) {
      throw new CorpusException("%s is not a folder; expected %s".formatted(root, expected));
    }
  }

  /**
   * Every file under a folder at any depth, relative to it; hidden ones (such as the {@code ._*}
   * that macOS leaves in archives) are left out.
   */
  static List<Path> filesUnder(Path root) {
    // Corpora are large and often linked into place, hence the links are followed.
    FolderSearch search = new FolderSearch(path -> true);
    List<Path> files = search.files(root);
    for (FolderSearch.Problem problem : search.problems()) {
      throw new CorpusException("%s: %s".formatted(problem.path(), problem.reason()));
    }
    return files.stream().map(root::relativize).sorted(SHALLOW_FIRST).toList();
  }

  /** The visible entries of a folder itself, sorted. */
  static List<Path> entries(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(CorpusFolder::visible).sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      throw unreadable(folder, e);
    }
  }

  private static CorpusException unreadable(Path folder, Exception cause) {
    return new CorpusException(
        "%s cannot be read: %s".formatted(folder, cause.getMessage()), cause);
  }

  private static boolean visible(Path entry) {
    return !String.valueOf(entry.getFileName()).startsWith(".");
  }
}
