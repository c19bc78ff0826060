package ser.graph.spi.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CacheLockTests {
  @TempDir private Path folder = Path.of("");

  @Test
  void theLockIsHeldUntilItIsClosed() throws IOException {
    Path cache = folder.resolve("not/there/yet");
    CacheLock lock = CacheLock.acquire(cache);

    try (FileChannel file =
        FileChannel.open(cache.resolve(".ser.lock"), StandardOpenOption.WRITE)) {
      Assertions.assertThatThrownBy(file::tryLock).isInstanceOf(OverlappingFileLockException.class);
      lock.close();
      assertThat(file.tryLock()).isNotNull();
    }
  }

  /** Two class loaders of a process exclude each other otherwise, or not at all. */
  @Test
  void aSecondHolderInOneProcessDoesNotWait() {
    CacheLock first = CacheLock.acquire(folder);
    CacheLock.acquire(folder).close();
    first.close();
  }

  @Test
  void whereNothingCanBeWrittenThereIsNoLock() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    CacheLock.acquire(file.resolve("cache")).close();

    assertThat(file).isRegularFile();
  }
}
