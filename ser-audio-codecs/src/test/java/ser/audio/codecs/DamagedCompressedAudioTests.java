package ser.audio.codecs;

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
import ser.features.audio.AudioFiles;

/** Whatever is in a file: a clip or an {@link AudioException}, soon, within bounded memory. */
class DamagedCompressedAudioTests {
  private static final int ROUNDS = 150;
  private static final long MAX_BYTES = 128 << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @ParameterizedTest
  @ValueSource(
      strings = {"mono.mp3", "stereo.mp3", "mono.ogg", "mono.opus", "mono.m4a", "mono.aac"})
  void changedBytesNeverDoMoreThanMakeTheFileUnusable(String name) {
    byte[] valid = CompressedAudioTests.resource(name);
    for (int seed = 0; seed < ROUNDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] damaged = valid.clone();
      // M4A files end with their tables.
      int range = name.endsWith("m4a") && random.nextBoolean() ? 900 : damaged.length;
      for (int change = random.nextInt(1, 6); change > 0; change--) {
        damaged[damaged.length - 1 - random.nextInt(range)] = (byte) random.nextInt(256);
      }
      requireHarmless(damaged, name + ", seed " + seed);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"mono.mp3", "untagged.mp3", "mono.ogg", "mono.opus", "mono.m4a", "mono.aac"})
  void cutFilesAreHarmless(String name) {
    byte[] valid = CompressedAudioTests.resource(name);
    for (int length = 1; length < valid.length; length += 61) {
      requireHarmless(Arrays.copyOf(valid, length), name + ", " + length + " bytes");
    }
  }

  private static void requireHarmless(byte[] file, String description) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          long before = THREADS.getCurrentThreadAllocatedBytes();
          try {
            assertThat(AudioFiles.read(file, "x").samples()).as(description).isNotEmpty();
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
