package ser.cli.commands;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import ser.api.BackendException;
import ser.api.Device;
import ser.cli.output.JsonLines;
import ser.graph.spi.BackendProvider;
import ser.graph.spi.Backends;

/** Lists the backends. */
@Command(name = "backends", description = "List the backends and their devices.")
public final class BackendsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  BackendsCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<BackendProvider> providers = Backends.providers();
    if (providers.isEmpty()) {
      providers = Backends.available(); // Says what to add.
    }
    boolean broken = false;
    for (BackendProvider provider : providers) {
      try {
        out.println(json ? json(provider) : row(provider));
      } catch (BackendException e) {
        broken = true;
        spec.commandLine().getErr().println("ser: " + e.getMessage());
      }
    }
    return broken ? 1 : 0;
  }

  private static String json(BackendProvider provider) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", provider.name());
    fields.put("rank", provider.rank());
    fields.put("description", provider.description());
    fields.put("devices", devices(provider));
    return JsonLines.line(fields);
  }

  private static String row(BackendProvider provider) {
    return String.format(
        Locale.ROOT,
        "%-8s rank %-4d %s; devices: %s",
        provider.name(),
        provider.rank(),
        provider.description(),
        String.join(", ", devices(provider)));
  }

  private static List<String> devices(BackendProvider provider) {
    return provider.devices().stream().map(Device::toString).toList();
  }
}
