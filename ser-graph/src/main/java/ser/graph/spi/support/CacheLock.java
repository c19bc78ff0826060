package ser.graph.spi.support;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A lock on an engine's cache between processes, held while libraries are unpacked or replaced. The
 * system releases it when the process ends.
 */
public final class CacheLock implements AutoCloseable {
  private static final String FILE = ".ser.lock";

  private final @Nullable FileChannel channel;

  private CacheLock(@Nullable FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits for the lock. Where the folder cannot be written, or its file system has no locks, the
   * caller goes on without one.
   *
   * @param cache the folder, created if it is not there
   * @return the lock; the caller closes it
   */
  public static CacheLock acquire(Path cache) {
    FileChannel channel = null;
    try {
      Files.createDirectories(cache);
      channel =
          FileChannel.open(
              cache.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      channel.lock();
      return new CacheLock(channel);
    } catch (IOException | OverlappingFileLockException e) {
      // The second: another class loader of this process holds it.
      return new CacheLock(channel);
    }
  }

  /** Releases the lock. */
  @Override
  public void close() {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // Released with the process.
      }
    }
  }
}
