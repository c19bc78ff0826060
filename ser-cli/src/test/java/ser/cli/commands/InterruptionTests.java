package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class InterruptionTests {
  /** A command whose process takes a second to end, and which would exit with a code of its own. */
  static final class Command {
    private Command() {}

    public static void main(String[] arguments) throws Exception {
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    try {
                      Thread.sleep(1000);
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
      try (Interruption interruption = Interruption.watch()) {
        Files.writeString(Path.of(arguments[0]), "begun");
        while (!interruption.isRequested()) {
          Thread.onSpinWait();
        }
      }
      Files.writeString(Path.of(arguments[1]), "went on");
      System.exit(130);
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no signals to send")
  void afterASignalTheCommandEndsWithItsExitCodeAndNotItsOwn(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path begun = folder.resolve("begun");
    Path wentOn = folder.resolve("went-on");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Command.class.getName(),
                begun.toString(),
                wentOn.toString())
            .inheritIO()
            .start();
    try {
      while (!Files.exists(begun)) {
        assertThat(process.waitFor(10, TimeUnit.MILLISECONDS)).as("it goes on").isFalse();
      }
      process.destroy(); // SIGTERM
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
      assertThat(wentOn).doesNotExist();
    } finally {
      process.destroyForcibly();
    }
  }
}
