package ser.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.cli.BundledFiles;
import ser.cli.Cli;

/**
 * The application {@code ClassifyFile} of ser-examples with all its dependencies in one jar: merged
 * as by maven-shade-plugin, and with jars in the jar as by Spring Boot. Each finds the model, the
 * recogniser and the backend.
 */
class FatJarLaunchTests {
  private static final String MAIN = "ser.examples.ClassifyFile";
  private static final String SPRING_LAUNCHER =
      "org.springframework.boot.loader.launch.JarLauncher";

  /** The libraries of PyTorch, 450 MB, remain a jar of their own beside a merged one. */
  private static final String NATIVES = "pytorch-native-";

  private static String expected = "";

  /** The jars of the class path of ser-examples, its own first. */
  private static List<Path> jars() throws IOException {
    Path target = Path.of("..", "ser-examples", "target").toAbsolutePath().normalize();
    List<Path> jars = new ArrayList<>();
    try (Stream<Path> files = Files.list(target)) {
      jars.addAll(files.filter(file -> file.toString().endsWith(".jar")).toList());
    }
    for (String entry :
        Files.readString(target.resolve("classpath.txt"))
            .strip()
            .split(System.getProperty("path.separator", ":"), -1)) {
      jars.add(Path.of(entry));
    }
    return jars;
  }

  private static List<Path> jars(boolean natives) throws IOException {
    return jars().stream()
        .filter(jar -> String.valueOf(jar.getFileName()).startsWith(NATIVES) == natives)
        .toList();
  }

  private static String clip() {
    return BundledFiles.clips().get(0).toString();
  }

  /** Runs the application on jars as they are. */
  @BeforeAll
  static void classifyWithoutMerging(@TempDir Path folder) throws Exception {
    String path = String.join(System.getProperty("path.separator", ":"), strings(jars()));
    List<String> command = new ArrayList<>(Layout.nativeAccess("ALL-UNNAMED"));
    command.addAll(List.of("-cp", path, MAIN, clip()));
    expected = JavaProcess.run(folder, command).succeeds().out();
    assertThat(expected).startsWith("djl");
  }

  private static List<String> strings(List<Path> paths) {
    return paths.stream().map(Path::toString).toList();
  }

  /** Announces native access, as docs/deployment.md advises: Java 24 and newer warn otherwise. */
  private static Manifest manifest(Map<String, String> entries) {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Enable-Native-Access", "ALL-UNNAMED");
    entries.forEach((name, value) -> manifest.getMainAttributes().putValue(name, value));
    return manifest;
  }

  /**
   * Merges jars as maven-shade-plugin does: of files with one name the first is kept.
   *
   * @param mergeServices whether files in META-INF/services are joined instead
   */
  private static Path merged(Path folder, boolean mergeServices) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (Path jar : jars(false)) {
      try (JarFile file = new JarFile(jar.toFile())) {
        for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
          JarEntry entry = entries.nextElement();
          String name = entry.getName();
          if (entry.isDirectory() || name.equals(JarFile.MANIFEST_NAME)) {
            continue;
          }
          try (InputStream in = file.getInputStream(entry)) {
            if (mergeServices && name.startsWith("META-INF/services/")) {
              files.merge(name, in.readAllBytes(), FatJarLaunchTests::joined);
            } else {
              files.putIfAbsent(name, in.readAllBytes());
            }
          }
        }
      }
    }
    Path merged = folder.resolve("application.jar");
    List<String> natives = new ArrayList<>();
    for (Path jar : jars(true)) {
      natives.add(jar.toUri().toString());
    }
    Manifest manifest =
        manifest(Map.of("Main-Class", MAIN, "Class-Path", String.join(" ", natives)));
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(merged), manifest)) {
      out.setLevel(Deflater.NO_COMPRESSION);
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        out.putNextEntry(new JarEntry(file.getKey()));
        out.write(file.getValue());
      }
    }
    return merged;
  }

  private static byte[] joined(byte[] one, byte[] other) {
    byte[] both = new byte[one.length + 1 + other.length];
    System.arraycopy(one, 0, both, 0, one.length);
    both[one.length] = '\n';
    System.arraycopy(other, 0, both, one.length + 1, other.length);
    return both;
  }

  /**
   * Lays out jars in a jar, with the launcher's classes beside them, as Spring Boot's plugin does.
   */
  private static Path springBoot(Path folder) throws IOException, URISyntaxException {
    Path application = folder.resolve("application.jar");
    Manifest manifest =
        manifest(
            Map.of(
                "Main-Class",
                SPRING_LAUNCHER,
                "Start-Class",
                MAIN,
                "Spring-Boot-Classes",
                "BOOT-INF/classes/",
                "Spring-Boot-Lib",
                "BOOT-INF/lib/"));
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(application), manifest)) {
      out.setLevel(Deflater.NO_COMPRESSION);
      out.putNextEntry(new JarEntry("BOOT-INF/classes/"));
      out.putNextEntry(new JarEntry("BOOT-INF/lib/"));
      for (Path jar : jars()) {
        store(out, "BOOT-INF/lib/" + jar.getFileName(), jar);
      }
      Path launcher =
          Path.of(
              classNamed(SPRING_LAUNCHER)
                  .getProtectionDomain()
                  .getCodeSource()
                  .getLocation()
                  .toURI());
      try (JarFile file = new JarFile(launcher.toFile())) {
        for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
          JarEntry entry = entries.nextElement();
          if (entry.getName().endsWith(".class")) {
            out.putNextEntry(new JarEntry(entry.getName()));
            try (InputStream in = file.getInputStream(entry)) {
              in.transferTo(out);
            }
          }
        }
      }
    }
    return application;
  }

  private static Class<?> classNamed(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  /** Writes a file without the deflating that a jar within a jar must not have. */
  private static void store(JarOutputStream out, String name, Path file) throws IOException {
    CRC32 crc = new CRC32();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = new byte[1 << 16];
      for (int read = in.read(bytes); read > 0; read = in.read(bytes)) {
        crc.update(bytes, 0, read);
      }
    }
    JarEntry entry = new JarEntry(name);
    entry.setMethod(JarEntry.STORED);
    entry.setSize(Files.size(file));
    entry.setCompressedSize(Files.size(file));
    entry.setCrc(crc.getValue());
    out.putNextEntry(entry);
    Files.copy(file, (OutputStream) out);
  }

  private static Cli run(Path folder, Path jar) throws IOException, InterruptedException {
    return JavaProcess.run(folder, List.of("-jar", jar.toString(), clip()));
  }

  @Test
  void oneMergedJar(@TempDir Path folder) throws Exception {
    assertThat(run(folder, merged(folder, true)).succeeds().out()).isEqualTo(expected);
  }

  @Test
  void oneJarMergedWithoutItsServices(@TempDir Path folder) throws Exception {
    assertThat(run(folder, merged(folder, false)).succeeds().out()).isEqualTo(expected);
  }

  @Test
  void jarsInASpringBootJar(@TempDir Path folder) throws Exception {
    assertThat(run(folder, springBoot(folder)).succeeds().out()).isEqualTo(expected);
  }
}
