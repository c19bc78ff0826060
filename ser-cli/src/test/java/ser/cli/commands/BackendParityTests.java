package ser.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import ser.api.EmotionRecognizer;
import ser.api.FileResult;
import ser.api.Recognition;
import ser.api.RecognizerOptions;
import ser.cli.BundledFiles;

/** The bundled model on real speech: what computes it makes no difference. */
class BackendParityTests {
  private static final double TOLERANCE = 1e-4;

  private static List<Recognition> hear(String backend, List<Path> clips) {
    try (EmotionRecognizer recognizer =
        EmotionRecognizer.load(
            BundledFiles.model(), RecognizerOptions.defaults().withBackend(backend))) {
      return recognizer.recognizeAll(clips).stream()
          .map(outcome -> ((FileResult.Recognized) outcome).recognition())
          .toList();
    }
  }

  private static void assertTheSame(List<Path> clips) {
    RecognitionDifference differences =
        RecognitionDifference.between(hear("djl", clips), hear("dl4j", clips));
    assertThat(differences.ofProbabilities()).isLessThan(TOLERANCE);
    assertThat(differences.ofAttention()).isLessThan(TOLERANCE);
    System.out.printf("%d clips: %s%n", clips.size(), differences);
  }

  @Test
  void ofTheBundledClips() {
    assertTheSame(BundledFiles.clips());
  }

  @Test
  void ofTwoHundredClipsOfAllActors() throws IOException {
    Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    Path corpus = module.resolve("../../shared/data/ravdess16k").normalize();
    assumeTrue(Files.isDirectory(corpus), "RAVDESS is not at " + corpus);
    List<Path> all;
    try (Stream<Path> files = Files.walk(corpus)) {
      all = files.filter(file -> file.toString().matches(".*\\.(wav|flac)")).sorted().toList();
    }
    List<Path> clips =
        IntStream.range(0, 200).mapToObj(i -> all.get(i * all.size() / 200)).toList();
    assertTheSame(clips);
  }
}
