package ser.examples;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The two ways to put the built jars before Java. */
enum Layout {
  CLASS_PATH {
    @Override
    List<String> launch(List<Path> jars, String module, String mainClass) {
      List<String> options = new ArrayList<>();
      options.addAll(nativeAccess("ALL-UNNAMED"));
      options.addAll(List.of("-cp", path(jars), mainClass));
      return options;
    }
  },

  /** All that can be a module is one: no further option is needed, services bind the backend. */
  MODULE_PATH {
    @Override
    List<String> launch(List<Path> jars, String module, String mainClass) {
      List<Path> modules = jars.stream().filter(Layout::isModule).toList();
      List<Path> others = jars.stream().filter(jar -> !isModule(jar)).toList();
      List<String> options = new ArrayList<>();
      if (jars.stream().anyMatch(jar -> jar.toString().contains("pytorch-engine"))) {
        options.addAll(nativeAccess("com.sun.jna,ai.djl.pytorch_engine"));
      }
      options.addAll(List.of("-p", path(modules)));
      if (!others.isEmpty()) {
        options.addAll(List.of("-cp", path(others)));
      }
      options.addAll(List.of("-m", module + "/" + mainClass));
      return options;
    }
  };

  /**
   * Java's options that run a program.
   *
   * @param jars jars and folders of classes
   * @param module the module of the main class, where there are modules
   */
  abstract List<String> launch(List<Path> jars, String module, String mainClass);

  /** The command line as it was built, on all its jars but some. */
  final List<String> ser(Predicate<Path> leftOut, String... arguments) {
    List<Path> jars = builtJars().stream().filter(leftOut.negate()).toList();
    return Stream.concat(
            launch(jars, "ser.examples", "ser.examples.SerCommand").stream(), Stream.of(arguments))
        .toList();
  }

  /** The command line as it was built. */
  final List<String> ser(String... arguments) {
    return ser(jar -> false, arguments);
  }

  /** Every jar that {@code mvn package} put beside that of the command line. */
  static List<Path> builtJars() {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("ser.application", "")))) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The jar of one of the toolkit's modules. */
  static Path builtJar(String artifact) {
    return builtJars().stream()
        .filter(jar -> String.valueOf(jar.getFileName()).matches(artifact + "-\\d.*\\.jar"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no jar of " + artifact + " was built"));
  }

  /** PyTorch's natives have a module name that is none. */
  private static boolean isModule(Path jar) {
    try {
      return !ModuleFinder.of(jar).findAll().isEmpty();
    } catch (FindException e) {
      return false;
    }
  }

  private static String path(List<Path> entries) {
    return entries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  /** Java 24 and newer warn of native code that was not announced. */
  private static List<String> nativeAccess(String modules) {
    return Runtime.version().feature() < 24
        ? List.of()
        : List.of("--enable-native-access=" + modules);
  }
}
