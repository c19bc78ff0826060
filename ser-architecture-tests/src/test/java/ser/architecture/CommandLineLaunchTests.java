package ser.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ser.cli.BundledFiles;
import ser.cli.Cli;

/** The built command line, as users start it. */
class CommandLineLaunchTests {
  @ParameterizedTest
  @EnumSource
  void backendsAreFound(Layout layout, @TempDir Path folder) throws Exception {
    Cli cli = JavaProcess.run(folder, layout.ser("backends")).succeeds();

    assertThat(cli.out()).startsWith("djl ").contains("PyTorch", "devices: cpu");
  }

  @ParameterizedTest
  @EnumSource
  void theDemoRunsOnWhatIsInTheJar(Layout layout, @TempDir Path folder) throws Exception {
    Cli cli = JavaProcess.run(folder, layout.ser("demo")).succeeds();

    for (Path clip : BundledFiles.clips()) {
      assertThat(cli.out()).contains(String.valueOf(clip.getFileName()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void predictionsAreThoseOfThisProcess(Layout layout, @TempDir Path folder) throws Exception {
    String clip = BundledFiles.clips().get(0).toString();

    Cli cli = JavaProcess.run(folder, layout.ser("predict", clip)).succeeds();

    assertThat(cli.out()).isEqualTo(Cli.run("predict", clip).succeeds().out());
  }

  @ParameterizedTest
  @EnumSource
  void modelsAreExportedWithoutTheEngine(Layout layout, @TempDir Path folder) throws Exception {
    Path cache = folder.resolve("cache");
    for (String name : List.of("model.pt", "model.onnx")) {
      Path out = folder.resolve(name);

      Cli cli =
          JavaProcess.run(
              folder,
              Map.of("DJL_CACHE_DIR", cache.toString(), "ENGINE_CACHE_DIR", cache.toString()),
              layout.ser("export", "--out", out.toString()));

      assertThat(cli.err().lines()).singleElement().asString().startsWith(out + ": ");
      assertThat(cli.code()).isZero();
      assertThat(out).isNotEmptyFile();
    }
    assertThat(cache).as("what PyTorch's natives would be unpacked into").doesNotExist();
  }

  @ParameterizedTest
  @EnumSource
  void withoutAnExporterTheArtifactToAddIsNamed(Layout layout, @TempDir Path folder)
      throws Exception {
    Path onnx = Layout.builtJar("ser-onnx");
    String out = folder.resolve("model.onnx").toString();

    JavaProcess.run(folder, layout.ser(onnx::equals, "export", "--format", "onnx", "--out", out))
        .failsSaying("'onnx'", "found [samediff, torchscript]", "add ser-onnx");
  }

  @ParameterizedTest
  @EnumSource
  void theVersionIsThatOfTheJar(Layout layout, @TempDir Path folder) throws Exception {
    Cli cli = JavaProcess.run(folder, layout.ser("--version")).succeeds();

    String jar = String.valueOf(Layout.builtJar("ser-cli").getFileName());
    assertThat(jar).isEqualTo("ser-cli-" + cli.out().strip().substring("ser ".length()) + ".jar");
  }

  @ParameterizedTest
  @EnumSource
  void withoutABackendTheArtifactToAddIsNamed(Layout layout, @TempDir Path folder)
      throws Exception {
    List<Path> backends =
        List.of(Layout.builtJar("ser-backend-djl"), Layout.builtJar("ser-backend-dl4j"));
    String clip = BundledFiles.clips().get(0).toString();

    for (String[] arguments :
        List.of(new String[] {"backends"}, new String[] {"demo"}, new String[] {"predict", clip})) {
      JavaProcess.run(folder, layout.ser(backends::contains, arguments))
          .failsSaying(
              "No backend on the class path or module path; add ser-backend-djl or ser-backend-dl4j");
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingComesFromTheNetwork(Layout layout, @TempDir Path folder) throws Exception {
    // Nobody listens on port 9, and nothing is cached yet.
    List<String> noNetwork =
        List.of(
            "-Dhttp.proxyHost=127.0.0.1",
            "-Dhttp.proxyPort=9",
            "-Dhttps.proxyHost=127.0.0.1",
            "-Dhttps.proxyPort=9");
    Path cache = folder.resolve("cache");

    Cli cli =
        JavaProcess.run(
            folder,
            Map.of("DJL_CACHE_DIR", cache.toString(), "ENGINE_CACHE_DIR", cache.toString()),
            Stream.concat(noNetwork.stream(), layout.ser("backends").stream()).toList());

    assertThat(cli.succeeds().out()).contains("PyTorch");
    assertThat(cache).as("what the natives' jar was unpacked into").isNotEmptyDirectory();
  }

  @ParameterizedTest
  @EnumSource
  void aBackendWithoutItsNativesIsNamedAndTheOtherServes(Layout layout, @TempDir Path folder)
      throws Exception {
    String cache = folder.resolve("cache").toString();
    Map<String, String> empty = Map.of("DJL_CACHE_DIR", cache, "ENGINE_CACHE_DIR", cache);
    for (String[] broken :
        new String[][] {
          {"dl4j", "nd4j-native-\\d.*-(linux|macosx|windows)-.*", "ND4J", "djl "},
          {"djl", "pytorch-native-.*", "PyTorch", "dl4j "}
        }) {
      Predicate<Path> natives = jar -> String.valueOf(jar.getFileName()).matches(broken[1]);
      Cli all = JavaProcess.run(folder, empty, layout.ser(natives, "backends"));
      all.failsSaying("Backend '%s' cannot load %s".formatted(broken[0], broken[2]), "; add ");
      assertThat(all.out()).startsWith(broken[3]);
      String clip = BundledFiles.clips().get(0).toString();
      JavaProcess.run(folder, empty, layout.ser(natives, "predict", "--backend", broken[0], clip))
          .failsSaying("Backend '%s' cannot load %s".formatted(broken[0], broken[2]), "; add ");
    }
  }

  @Test
  void aBarIsShownToAPersonWhoseResultsGoElsewhere(@TempDir Path folder) throws Exception {
    List<String> predict = Layout.CLASS_PATH.ser("predict", BundledFiles.clips().get(0).toString());
    List<String> watched = new ArrayList<>(predict);
    watched.add(0, "-Dser.terminal=true");
    List<String> among = new ArrayList<>(watched);
    among.add(0, "-Dser.terminal.results=true");

    assertThat(JavaProcess.run(folder, watched).err()).contains("Classifying 100%", "1/1");
    JavaProcess.run(folder, among).succeeds();
    JavaProcess.run(folder, predict).succeeds();
  }
}
