package ser.architecture;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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

  /**
   * What the toolkit's modules require by name is a module; the rest is on the class path, ND4J
   * among it, which cannot be a module. Services bind the backends: no further option is needed.
   */
  MODULE_PATH {
    @Override
    List<String> launch(List<Path> jars, String module, String mainClass) {
      Map<String, Path> modules = required(jars, module);
      List<Path> others = jars.stream().filter(jar -> !modules.containsValue(jar)).toList();
      List<String> options = new ArrayList<>();
      options.addAll(
          nativeAccess(
              Stream.of("ALL-UNNAMED", "com.sun.jna", "ai.djl.pytorch_engine")
                  .filter(name -> name.equals("ALL-UNNAMED") || modules.containsKey(name))
                  .collect(Collectors.joining(","))));
      options.addAll(List.of("-p", path(List.copyOf(modules.values()))));
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
            launch(jars, "ser.cli", "ser.cli.SerCommand").stream(), Stream.of(arguments))
        .toList();
  }

  /** The command line as it was built. */
  final List<String> ser(String... arguments) {
    return ser(jar -> false, arguments);
  }

  /** Every jar that {@code mvn package} put beside that of the command line. */
  static List<Path> builtJars() {
    Path application = Path.of(System.getProperty("ser.application", ""));
    if (!Files.isDirectory(application)) {
      throw new AssertionError(application + " does not exist; run mvn verify, which builds it");
    }
    try (Stream<Path> files = Files.list(application)) {
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

  /** The jars of the toolkit's modules, and of all that these require. */
  private static Map<String, Path> required(List<Path> jars, String main) {
    Map<String, Path> byName = new LinkedHashMap<>();
    Map<String, ModuleDescriptor> descriptors = new HashMap<>();
    for (Path jar : jars) {
      descriptor(jar)
          .ifPresent(
              descriptor -> {
                byName.put(descriptor.name(), jar);
                descriptors.put(descriptor.name(), descriptor);
              });
    }
    Deque<String> open = new ArrayDeque<>();
    byName.keySet().stream()
        .filter(name -> name.startsWith("ser.") || name.equals(main))
        .forEach(open::add);
    Map<String, Path> required = new LinkedHashMap<>();
    while (!open.isEmpty()) {
      String name = open.remove();
      ModuleDescriptor descriptor = descriptors.get(name);
      if (descriptor != null
          && required.put(name, Objects.requireNonNull(byName.get(name))) == null) {
        descriptor.requires().forEach(requirement -> open.add(requirement.name()));
      }
    }
    return required;
  }

  /**
   * Some jars cannot be modules: PyTorch's natives have a name that is none, ND4J lacks packages.
   */
  private static Optional<ModuleDescriptor> descriptor(Path jar) {
    try {
      return ModuleFinder.of(jar).findAll().stream().map(ModuleReference::descriptor).findFirst();
    } catch (FindException e) {
      return Optional.empty();
    }
  }

  private static String path(List<Path> entries) {
    return entries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  /** Java 24 and newer warn of native code that was not announced, and of what ND4J reads with. */
  static List<String> nativeAccess(String modules) {
    return Runtime.version().feature() < 24
        ? List.of()
        : List.of("--enable-native-access=" + modules, "--sun-misc-unsafe-memory-access=allow");
  }
}
