package ser.cli.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;
import ser.api.SerException;

/** Names the benchmarks in the help. They are a module of their own, which {@code bin/ser} runs. */
@Command(
    name = "bench",
    description = "Measure this toolkit side by side with its peers; in a checkout only.")
public final class BenchCommand implements Callable<Integer> {
  @Unmatched private List<String> options = new ArrayList<>();

  /** For picocli. */
  BenchCommand() {}

  @Override
  public Integer call() {
    throw new SerException(
        "bench runs in a checkout of the project alone: bin/ser bench "
            + String.join(" ", options));
  }
}
