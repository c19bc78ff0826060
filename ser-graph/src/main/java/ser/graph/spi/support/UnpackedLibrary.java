package ser.graph.spi.support;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;

/**
 * A native library in an engine's cache, and its original in a jar. Loading a library that is
 * truncated or has other contents ends the process, so it is compared before: its size at each
 * start, its CRC-32 once. A file {@value #RECORD} beside the libraries records the size and time of
 * those whose contents were compared, so that later starts read no contents.
 *
 * @param file the unpacked library
 * @param packed its original
 */
public record UnpackedLibrary(Path file, URL packed) {
  /** The file that records the libraries whose contents were compared. */
  public static final String RECORD = ".verified";

  private static final int BUFFER = 1 << 20;

  /** The size and CRC-32 in the jar's directory; negative where unknown. */
  private record Original(long size, long crc) {}

  /**
   * Finds the libraries that differ from their originals. A library whose original has no known
   * size is not compared; contents are not compared where the result cannot be recorded, as in a
   * folder that cannot be written.
   *
   * @param libraries the libraries; one that is not there counts as different
   * @return those that differ
   * @throws IOException when a library or a jar cannot be read
   */
  public static List<UnpackedLibrary> damaged(List<UnpackedLibrary> libraries) throws IOException {
    List<UnpackedLibrary> damaged = new ArrayList<>();
    Map<Path, List<UnpackedLibrary>> byFolder = new LinkedHashMap<>();
    for (UnpackedLibrary library : libraries) {
      Path folder = library.file.toAbsolutePath().getParent();
      byFolder.computeIfAbsent(folder, f -> new ArrayList<>()).add(library);
    }
    for (Map.Entry<Path, List<UnpackedLibrary>> folder : byFolder.entrySet()) {
      damaged.addAll(damaged(folder.getKey(), folder.getValue()));
    }
    return damaged;
  }

  private static List<UnpackedLibrary> damaged(Path folder, List<UnpackedLibrary> libraries)
      throws IOException {
    Path record = folder.resolve(RECORD);
    Set<String> verified =
        Files.isReadable(record) ? Set.copyOf(Files.readAllLines(record)) : Set.of();
    boolean compareContents = Files.isWritable(folder);
    Set<String> intact = new LinkedHashSet<>();
    List<UnpackedLibrary> damaged = new ArrayList<>();
    for (UnpackedLibrary library : libraries) {
      Original original = library.original();
      if (original.size < 0) {
        continue;
      }
      if (!Files.isRegularFile(library.file) || Files.size(library.file) != original.size) {
        damaged.add(library);
        continue;
      }
      String line =
          "%s %d %d %s"
              .formatted(
                  library.file.getFileName(),
                  original.size,
                  original.crc,
                  Files.getLastModifiedTime(library.file));
      if (verified.contains(line) || original.crc < 0 || !compareContents) {
        intact.add(line);
      } else if (crc(library.file) == original.crc) {
        intact.add(line);
      } else {
        damaged.add(library);
      }
    }
    if (compareContents && !verified.containsAll(intact)) {
      record(record, intact);
    }
    return damaged;
  }

  private Original original() throws IOException {
    URLConnection connection = packed.openConnection();
    // A cached jar would stay open after the class loader was closed.
    connection.setUseCaches(false);
    if (connection instanceof JarURLConnection inJar) {
      try (JarFile jar = inJar.getJarFile()) {
        JarEntry entry = jar.getJarEntry(inJar.getEntryName());
        return entry == null ? new Original(-1, -1) : new Original(entry.getSize(), entry.getCrc());
      }
    }
    long size = connection.getContentLengthLong();
    connection.getInputStream().close();
    return new Original(size, -1);
  }

  private static long crc(Path file) throws IOException {
    CRC32 crc = new CRC32();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
      while (channel.read(buffer) >= 0) {
        crc.update(buffer.flip());
        buffer.clear();
      }
      try {
        // Memory may hold what a loss of power would keep from the disk.
        channel.force(false);
      } catch (IOException e) {
        // Some systems write back only what is open for writing.
      }
    }
    return crc.getValue();
  }

  /** Written under another name first: a half-written record would only cost a comparison. */
  private static void record(Path record, Set<String> lines) {
    try {
      Path written = record.resolveSibling(RECORD + '.' + ProcessHandle.current().pid());
      try {
        Files.write(written, lines);
        Files.move(written, record, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(written);
      }
    } catch (IOException e) {
      // Compared again at the next start.
    }
  }
}
