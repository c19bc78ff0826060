package ser.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;

/**
 * What one call of the command line said.
 *
 * @param code the exit code
 * @param out standard output
 * @param err standard error
 */
public record Cli(int code, String out, String err) {
  /** Calls the command line inside this process. */
  public static Cli run(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        SerCommand.run(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            Stream.of(arguments).map(Object::toString).toArray(String[]::new));
    return new Cli(code, out.toString(), err.toString());
  }

  public List<String> outLines() {
    return out.lines().toList();
  }

  /** Requires success without a word on standard error. */
  public Cli succeeds() {
    assertThat(err).isEmpty();
    assertThat(code).isZero();
    return this;
  }

  /** Requires one line of error that says all this, and nothing else. */
  public Cli failsSaying(Object... parts) {
    assertThat(err.lines()).as(err).hasSize(1);
    return failsAtLastSaying(parts);
  }

  /** Requires one line of error that says all this, and the exit code of wrong usage. */
  public Cli refusesSaying(Object... parts) {
    assertThat(err.lines()).as(err).hasSize(1).first().asString().startsWith("ser: ");
    for (Object part : parts) {
      assertThat(err).contains(part.toString());
    }
    assertThat(out).isEmpty();
    assertThat(code).isEqualTo(2);
    return this;
  }

  /** Requires that the last line, the only error, says all this; notes may stand before it. */
  public Cli failsAtLastSaying(Object... parts) {
    List<String> lines = err.lines().toList();
    assertThat(lines).isNotEmpty();
    assertThat(lines.get(lines.size() - 1)).startsWith("ser: ");
    assertThat(lines).filteredOn(line -> line.startsWith("ser: ")).hasSize(1);
    for (Object part : parts) {
      assertThat(lines.get(lines.size() - 1)).contains(part.toString());
    }
    assertThat(code).isEqualTo(1);
    return this;
  }
}
