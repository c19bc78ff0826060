package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ser.cli.Cli;

/** Wrong usage of the command; its launch tests start servers. */
class ServeCommandTests {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --port        | 70000 | A port of 70000; expected 0 to 65535
          --max-body    | 0     | A body of 0 bytes; expected 1000 to 2^30
          --max-seconds | 0     | Audio of 0.0 s; expected 1 or more
          --max-streams | 0     | 0 streams; expected 1 or more
          --max-queued  | -1    | -1 requests that wait; expected 1 or more
          --timeout     | 0     | A time limit of PT0S; expected 1 ms or more
          """)
  void aWrongOptionIsNamed(String option, String value, String reason) {
    Cli.run("serve", option, value).refusesSaying(option + ": ", reason);
  }

  @Test
  void aTokenIsReadFromItsFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("token");
    Cli.run("serve", "--token-file", file).failsSaying("--token-file", file, "cannot be read");
    Files.writeString(file, "short\n");
    Cli.run("serve", "--token-file", file)
        .refusesSaying("--token-file: A token of 5 characters; expected 16 or more");
  }

  @Test
  void aKeyStoreThatCannotBeUsedIsNamed(@TempDir Path folder) throws IOException {
    Cli.run("serve", "--tls-password-file", folder.resolve("password"))
        .refusesSaying("--tls-password-file: expected --tls-keystore");
    Path store = Files.writeString(folder.resolve("store.p12"), "no key store");
    Cli.run("serve", "--port", "0", "--tls-keystore", store).failsSaying(store);
    Cli.run("serve", "--port", "0", "--tls-keystore", folder.resolve("absent.p12"))
        .failsSaying("absent.p12");
  }

  @Test
  void aPortThatIsTakenIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Cli cli = Cli.run("serve", "--port", taken.getLocalPort());
      cli.failsSaying("Cannot listen on 127.0.0.1:" + taken.getLocalPort(), "in use");
      assertThat(cli.out()).isEmpty();
    }
  }
}
