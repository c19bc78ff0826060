package ser.examples;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import ser.api.SerException;
import ser.api.spi.BackendProvider;
import ser.api.spi.Backends;
import ser.api.spi.Device;

/** Lists the backends. */
@Command(name = "backends", description = "List what can compute, and on which devices.")
final class BackendsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  BackendsCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<BackendProvider> providers = Backends.providers();
    if (providers.isEmpty()) {
      throw new SerException("No backend on the class path or module path; add ser-backend-djl");
    }
    for (BackendProvider provider : providers) {
      List<String> devices = provider.devices().stream().map(Device::toString).toList();
      if (json) {
        out.println(
            Json.line(
                Map.of(
                    "name",
                    provider.name(),
                    "rank",
                    provider.rank(),
                    "description",
                    provider.description(),
                    "devices",
                    devices)));
      } else {
        out.printf(
            "%-8s rank %-4d %s; devices: %s%n",
            provider.name(), provider.rank(), provider.description(), String.join(", ", devices));
      }
    }
    return 0;
  }
}
