package ser.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import ser.api.SerException;
import ser.cli.commands.BundledClips;
import ser.model.base.BaseModel;
import ser.pipeline.modelpackage.ModelPackage;

/**
 * The settings that all sections share.
 *
 * @param home the checkout, where {@code bin/ser} lies
 * @param scratch a folder for files, deleted in the end
 * @param corpus a folder of recordings, instead of the bundled clips
 * @param rounds how often the sides of a comparison take turns, 1 or more
 * @param threads of either side
 * @param err for progress
 */
record Bench(
    Path home, Path scratch, Optional<Path> corpus, int rounds, int threads, PrintWriter err) {

  void progress(String what) {
    err.println("bench: " + what);
  }

  /** The bundled clips as files, which programs without Java can read. */
  Path clips() {
    return copy("clips", BundledClips.paths());
  }

  /** The bundled model as a folder of files. */
  Path model() {
    BaseModel bundled = new BaseModel();
    Path folder = scratch.resolve("model");
    try {
      Files.createDirectories(folder);
      for (String file : List.of(ModelPackage.DESCRIPTION, ModelPackage.WEIGHTS)) {
        try (InputStream in = bundled.open(file)) {
          Files.copy(in, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw new SerException("The bundled model cannot be copied: " + e.getMessage(), e);
    }
    return folder;
  }

  private Path copy(String name, List<Path> files) {
    Path folder = scratch.resolve(name);
    try {
      Files.createDirectories(folder);
      for (Path file : files) {
        Path target = folder.resolve(String.valueOf(file.getFileName()));
        if (!Files.exists(target)) {
          Files.copy(file, target);
        }
      }
    } catch (IOException e) {
      throw new SerException("%s: cannot be written: %s".formatted(folder, e.getMessage()), e);
    }
    return folder;
  }

  /** The command line of this checkout as a process. */
  PeerProcess ser(String... arguments) {
    List<String> command =
        Stream.concat(
                Stream.of(home.resolve("bin").resolve("ser").toString()), Stream.of(arguments))
            .toList();
    return new PeerProcess("ser " + String.join(" ", arguments), command, Map.of());
  }
}
