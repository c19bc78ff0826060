package ser.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTests {
  private static final int WRONG_USAGE = 2;

  @Test
  void helpListsTheCommandsAndTheExitCodes() {
    Cli help = Cli.run("--help").succeeds();

    assertThat(help.out())
        .contains(
            "demo",
            "predict",
            "timeline",
            "explain",
            "listen",
            "train",
            "ablate",
            "evaluate",
            "calibrate",
            "features",
            "export",
            "backends",
            "bench")
        .contains("0   success", "1   something could not be done", "2   wrong usage");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "predict",
        "timeline",
        "explain",
        "listen",
        "train",
        "ablate",
        "evaluate",
        "calibrate",
        "features",
        "export",
        "backends",
        "bench"
      })
  void everyCommandHasHelpThatFitsATerminal(String command) {
    Cli help = Cli.run(command, "--help").succeeds();

    assertThat(help.out()).startsWith("Usage: ser " + command).contains("--verbose");
    assertThat(help.outLines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    assertThat(help.out()).as("every sentence ends").doesNotContain(":\n      --");
  }

  @Test
  void benchmarksRunInACheckoutAlone() {
    Cli.run("bench", "--only", "start").failsSaying("bench runs in a checkout", "bin/ser bench");
  }

  @Test
  void helpOfTrainingDescribesHowToResume() {
    assertThat(Cli.run("train", "--help").succeeds().out())
        .contains("--resume", "130, 143   interrupted; the state is kept");
  }

  @Test
  void theVersionIsOneLine() {
    assertThat(Cli.run("--version").succeeds().outLines())
        .singleElement()
        .asString()
        .startsWith("ser ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                                  | Missing required subcommand
          sing                                                | Unknown command 'sing'
          zzz --help                                          | Unknown command 'zzz'
          --verbose predct                                    | Unknown command 'predct'
          predict                                             | Missing required parameter: 'FILE
          predict --loud a.wav                                | Unknown option: '--loud'
          predict --json --format csv a.wav                   | Error: --format=FORMAT, --json are mutually exclusive
          predict --format xml a.wav                          | Invalid value for option '--format': expected one of [CSV, JSONL, PARQUET]
          predict --channel 0 a.wav                           | Invalid value for option '--channel': Unknown channel '0'; expected mix, each or a number from 1
          predict --out x.csv/ a.wav                          | Invalid value for option '--out': 'x.csv/' names no file
          timeline --out x.csv/ a.wav                         | Invalid value for option '--out': 'x.csv/' names no file
          timeline --threads 0 a.wav                          | Invalid value for option '--threads': found 0, expected 1 to 1024
          predict --model                                     | Missing required parameter for option '--model'
          train                                               | Missing required options
          train --corpus csv:c --protocol loso --out o --seed x | Invalid value for option '--seed': 'x' is not a long
          train --corpus csv:c --protocol loso --out o --folds 1,x | Invalid value for option '--folds'
          ablate --seeds 1                                    | Missing required options
          evaluate --protocol loso                            | Missing required option: '--corpus=NAME:PATH'
          evaluate --corpus csv:c --seen maybe                | Invalid value for option '--seen': expected one of [REFUSE, EXCLUDE, REPORT]
          features a.wav                                      | Missing required options
          export --format onnx                                | Missing required option: '--out=F'
          features --kind chroma --out x.npy a.wav            | Invalid value for option '--kind': expected one of [LOGMEL, MFCC, RMS] (case-insensitive) but was 'chroma'
          """)
  void wrongUsageIsNamedAndTheRightOneShown(String line, String message) {
    String[] arguments = line.isEmpty() ? new String[0] : line.split(" ", -1);

    Cli cli = Cli.run((Object[]) arguments);

    assertThat(cli.err())
        .startsWith(message)
        .containsAnyOf(
            "Usage: ser", "See 'ser ", "Did you mean: ser train", "Did you mean: ser predict");
    assertThat(cli.out()).isEmpty();
    assertThat(cli.code()).isEqualTo(WRONG_USAGE);
  }

  /** Such as a full disk behind a redirection. */
  @Test
  void resultsThatCannotBeWrittenAreAFailure() {
    StringWriter err = new StringWriter();
    Writer full =
        new Writer() {
          @Override
          public void write(char[] text, int offset, int length) throws IOException {
            throw new IOException("No space left on device");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    int code = SerCommand.run(new PrintWriter(full), new PrintWriter(err, true), "backends");
    assertThat(err.toString())
        .isEqualToIgnoringNewLines("ser: The results cannot be written to the standard output");
    assertThat(code).isEqualTo(1);
  }
}
