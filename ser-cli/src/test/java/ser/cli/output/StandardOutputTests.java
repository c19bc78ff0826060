package ser.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import ser.cli.SerCommand;

class StandardOutputTests {
  private static StandardOutput failing(String reason) {
    return new StandardOutput(
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException(reason);
          }
        });
  }

  @Test
  void aCommandWhoseReaderIsGoneEndsWithoutAMessage() {
    StringWriter err = new StringWriter();
    int code =
        SerCommand.run(
            new PrintWriter(failing("Broken pipe"), true, StandardCharsets.UTF_8),
            new PrintWriter(err, true),
            "backends");
    assertThat(code).isEqualTo(141);
    assertThat(err.toString()).doesNotContain("ser:");
  }

  @Test
  void theFirstWriteAfterTheReaderIsGoneEndsTheCommand() throws IOException {
    try (StandardOutput out = failing("No space left on device")) {
      out.write(1);
      assertThatThrownBy(out::flush).isInstanceOf(IOException.class).hasMessageContaining("space");
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("space"); // of close, which flushes once more
    }
    StandardOutput out = failing("Broken pipe");
    out.write(1);
    assertThatThrownBy(out::flush).isInstanceOf(NoReaderException.class);
    assertThatThrownBy(() -> out.write(new byte[100_000])).isInstanceOf(NoReaderException.class);
  }
}
