package ser.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ser.graph.spi.Backends;

/** The machine and software that a report's figures were measured on. */
final class Machine {
  private static final Pattern MODEL = Pattern.compile("model name\\s*:\\s*(.*)");

  private Machine() {}

  /** CPU, cores, memory, Java, engines and load, a line each. */
  static List<String> describe(int threads) {
    return List.of(
        "%s, %d cores, %s"
            .formatted(
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name")),
        "Java " + System.getProperty("java.runtime.version"),
        String.join(
            "; ",
            Backends.available().stream()
                .map(provider -> "%s: %s".formatted(provider.name(), provider.description()))
                .toList()),
        String.format(
            Locale.ROOT,
            "%d threads; load %.2f when it began",
            threads,
            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
  }

  private static String processor() {
    Path cpuinfo = Path.of("/proc/cpuinfo");
    if (Files.isReadable(cpuinfo)) {
      try {
        Matcher model = MODEL.matcher(Files.readString(cpuinfo));
        if (model.find()) {
          return model.group(1);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return System.getProperty("os.arch");
  }
}
