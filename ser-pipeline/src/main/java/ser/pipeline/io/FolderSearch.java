package ser.pipeline.io;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The files under folders at any depth. Symbolic links are followed, and each file and folder is
 * visited once, however many names it has: under its own name where that is found, else under the
 * first of its links. Hidden files and folders, whose names begin with a dot, are left out. Memory
 * grows with the number of files and folders.
 */
public final class FolderSearch {
  private final Predicate<Path> wanted;
  private final Set<Object> seen = new HashSet<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<Path> repeated = new ArrayList<>();
  private final Deque<Path> folders = new ArrayDeque<>();
  private List<Path> links = new ArrayList<>();

  /**
   * A folder that could not be searched.
   *
   * @param path the folder, or the link to it
   * @param reason the reason, without the path
   */
  public record Problem(Path path, String reason) {}

  private record Found(Path path, Object key) {}

  /**
   * Begins a search.
   *
   * @param wanted decides by the name which files are found
   */
  public FolderSearch(Predicate<Path> wanted) {
    this.wanted = wanted;
  }

  /**
   * Marks a file as found, so that no folder gives it again.
   *
   * @param file there or not
   */
  public void exclude(Path file) {
    try {
      seen.add(key(file, Files.readAttributes(file, BasicFileAttributes.class)));
    } catch (IOException e) {
      // A file that cannot be read is not found either.
    }
  }

  /**
   * Searches a folder.
   *
   * @param root the folder, or a link to it
   * @return the files that were not found before, sorted by path; a link to a file that does not
   *     exist is among them, so that it is reported where it is read
   */
  public List<Path> files(Path root) {
    List<Path> found = new ArrayList<>();
    folders.add(root);
    searchFolders(found);
    while (!links.isEmpty()) {
      List<Path> next = links;
      links = new ArrayList<>();
      Collections.sort(next);
      for (Path link : next) {
        follow(link, found);
        searchFolders(found);
      }
    }
    Collections.sort(found);
    return found;
  }

  /** {@return the folders that could not be searched: unreadable ones and loops of links} */
  public List<Problem> problems() {
    return List.copyOf(problems);
  }

  /** {@return the names of files and folders that were found under another name} */
  public List<Path> repeated() {
    return List.copyOf(repeated);
  }

  private void searchFolders(List<Path> found) {
    while (!folders.isEmpty()) {
      Path folder = folders.remove();
      List<Found> files = new ArrayList<>();
      try {
        if (seen.add(key(folder, Files.readAttributes(folder, BasicFileAttributes.class)))) {
          list(folder, files);
        } else {
          repeated.add(folder);
        }
      } catch (IOException e) {
        problems.add(new Problem(folder, reason(e)));
      } catch (DirectoryIteratorException e) {
        problems.add(new Problem(folder, reason(Objects.requireNonNull(e.getCause()))));
      }
      files.sort((a, b) -> a.path.compareTo(b.path)); // which of two hard links is found
      for (Found file : files) {
        add(file.path, file.key, found);
      }
    }
  }

  private void list(Path folder, List<Found> files) throws IOException {
    List<Path> inside = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (String.valueOf(entry.getFileName()).startsWith(".")) {
          continue;
        }
        BasicFileAttributes attributes;
        try {
          attributes =
              Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
          continue; // deleted meanwhile
        }
        if (attributes.isSymbolicLink()) {
          links.add(entry);
        } else if (attributes.isDirectory()) {
          inside.add(entry);
        } else if (attributes.isRegularFile() && wanted.test(entry)) {
          files.add(new Found(entry, key(entry, attributes)));
        }
      }
    }
    Collections.sort(inside);
    folders.addAll(inside);
  }

  private void follow(Path link, List<Path> found) {
    BasicFileAttributes attributes;
    Object key;
    try {
      attributes = Files.readAttributes(link, BasicFileAttributes.class);
      key = key(link, attributes);
      if (attributes.isDirectory()) {
        if (folder(link).startsWith(link.toRealPath())) {
          problems.add(new Problem(link, "a link to a folder that contains it; not followed"));
        } else if (!seen.contains(key)) {
          folders.add(link);
        } else {
          repeated.add(link);
        }
      } else if (attributes.isRegularFile() && wanted.test(link)) {
        add(link, key, found);
      }
    } catch (NoSuchFileException e) {
      if (wanted.test(link)) {
        found.add(link);
      }
    } catch (IOException e) {
      problems.add(new Problem(link, reason(e)));
    }
  }

  private static Path folder(Path entry) throws IOException {
    Path parent = entry.getParent();
    return (parent == null ? Path.of("") : parent).toRealPath();
  }

  private void add(Path file, Object key, List<Path> found) {
    if (seen.add(key)) {
      found.add(file);
    } else {
      repeated.add(file);
    }
  }

  /** The identity of a file, whatever its name. */
  private static Object key(Path file, BasicFileAttributes attributes) throws IOException {
    Object key = attributes.fileKey();
    return key == null ? file.toRealPath() : key;
  }

  private static String reason(IOException failure) {
    return failure instanceof AccessDeniedException
        ? "no permission to read this folder"
        : "cannot be searched, " + AtomicFile.reason(failure);
  }
}
