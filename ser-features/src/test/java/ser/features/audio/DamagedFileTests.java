package ser.features.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.AudioException;

/** Whatever is in a file: a clip or an {@link AudioException}, soon, within a little memory. */
class DamagedFileTests {
  private static final int ROUNDS = 400;
  private static final long MAX_BYTES = 32 << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @ParameterizedTest
  @ValueSource(
      strings = {"stereo16.wav", "mono24.wav", "stereo16.flac", "mono24.flac", "mono8.flac"})
  void changedBytesNeverDoMoreThanMakeTheFileUnusable(String name) {
    byte[] valid = FlacReadingTests.resource(name);
    for (int seed = 0; seed < ROUNDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] damaged = valid.clone();
      // Half of the time in the header, where a byte decides more.
      int range = random.nextBoolean() ? Math.min(64, damaged.length) : damaged.length;
      for (int change = random.nextInt(1, 6); change > 0; change--) {
        damaged[random.nextInt(range)] = (byte) random.nextInt(256);
      }
      requireHarmless(damaged, name + ", seed " + seed);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"stereo16.wav", "mono24.wav", "stereo16.flac", "mono24.flac", "mono8.flac"})
  void cutAndSplicedFilesAreHarmless(String name) {
    byte[] valid = FlacReadingTests.resource(name);
    for (int seed = 0; seed < ROUNDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int keep = random.nextInt(valid.length);
      byte[] damaged = Arrays.copyOf(valid, keep + random.nextInt(valid.length - keep + 1));
      int from = random.nextInt(valid.length);
      int splice = Math.min(damaged.length - keep, valid.length - from);
      System.arraycopy(valid, from, damaged, keep, splice);
      requireHarmless(damaged, name + ", seed " + seed);
    }
  }

  private static void requireHarmless(byte[] file, String description) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          long before = THREADS.getCurrentThreadAllocatedBytes();
          try {
            AudioClip clip = AudioFiles.read(file, "x");
            assertThat(clip.samples()).as(description).isNotEmpty();
          } catch (AudioException e) {
            assertThat(e.getMessage()).as(description).startsWith("x: ").doesNotContain("\n");
          }
          assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
              .as("%s: bytes allocated", description)
              .isLessThan(MAX_BYTES);
        },
        description);
  }
}
