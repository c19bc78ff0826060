package ser.report.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.training.ExperimentSettings;
import ser.pipeline.training.FoldReport;
import ser.pipeline.training.RunProgress;
import ser.pipeline.training.TrainingRecipe;
import ser.report.browser.Browser;
import ser.report.browser.BrowserExtension;
import ser.report.training.TrainingPage.State;

/** The page of a training run: while it goes on, at its end, and after it was cut off. */
@ExtendWith(BrowserExtension.class)
class TrainingPageTests {
  private static final int EPOCHS = 30;
  private static final List<String> LABELS = List.of("angry", "calm", "happy", "sad");
  private static final RunProgress NEW =
      RunProgress.of(
          "ravdess, ravdess-6fold, fa, seed 1",
          ExperimentSettings.defaults().withTraining(TrainingRecipe.defaults().withEpochs(EPOCHS)),
          List.of(1, 2, 3, 4, 5, 6));

  private static double loss(int fold, int epoch) {
    return 0.6 + 1.5 * Math.exp(-epoch / 10.0) + 0.02 * fold;
  }

  private static FoldReport result(int fold) {
    Random random = new Random(fold);
    List<Prediction> predictions = new ArrayList<>();
    for (int clip = 0; clip < 64; clip++) {
      float[] probabilities = {0.1f, 0.1f, 0.1f, 0.1f};
      probabilities[random.nextInt(3) == 0 ? random.nextInt(4) : clip % 4] = 0.7f;
      predictions.add(
          Prediction.of(fold + "-" + clip, "s" + fold + "-" + clip / 16, clip % 4, probabilities));
    }
    return new FoldReport(fold, LABELS, predictions, 100);
  }

  /** A run with some folds done and the next one under way. */
  private static RunProgress run(int done, int epochs) {
    RunProgress run = NEW;
    for (int fold = 1; fold <= done + (epochs > 0 ? 1 : 0); fold++) {
      int last = fold <= done ? EPOCHS : epochs;
      for (int epoch = 1; epoch <= last; epoch++) {
        run = run.withLoss(fold, epoch, loss(fold, epoch));
      }
      run = fold <= done ? run.withReport(result(fold)) : run;
    }
    return run;
  }

  @Test
  void aRunThatGoesOnIsSoundInABrowser(Browser browser, @TempDir Path folder) {
    Path file = folder.resolve("training.html");
    TrainingPage.of(run(3, 12), State.RUNNING).withRefresh(600).write(file);
    browser.open(file);
    assertThat(browser.textsOf("h2")).containsExactly("Progress", "Curves", "Results");
    assertThat(browser.textsOf(".tiles strong")).startsWith("3 of 6", "102 of 180");
    assertThat(browser.number("return document.querySelector('progress').value")).isEqualTo(102);
    assertThat(browser.count("figure")).isEqualTo(4);
    assertThat(browser.count("#curves ~ .figures figure:first-child path.line"))
        .as("four folds, and their samples in the legend")
        .isEqualTo(8);
    assertThat(browser.textsOf("#results ~ .scroll tbody tr")).hasSize(3);
    browser.requireSoundPage("training");
  }

  @Test
  void aBrowserFollowsTheRunToItsEnd(Browser browser, @TempDir Path folder)
      throws InterruptedException {
    Path file = folder.resolve("training.html");
    TrainingPage.of(run(0, 1), State.RUNNING).withRefresh(1).write(file);
    browser.open(file);
    assertThat(browser.textsOf(".lead")).containsExactly("The run is running.");
    TrainingPage.of(run(6, 0), State.COMPLETE).write(file);
    long begun = System.nanoTime();
    while (!browser.textsOf(".lead").equals(List.of("The run is complete."))) {
      assertThat(System.nanoTime() - begun).isLessThan(20_000_000_000L);
      Thread.sleep(50);
    }
    browser.requireQuiet();
    assertThat(browser.count("meta[http-equiv=refresh]")).as("it is not loaded again").isZero();
  }

  @Test
  void aRunThatIsNotBegunIsAPage() {
    assertThat(TrainingPage.of(NEW, State.RUNNING).toHtml())
        .contains("0 of 6", "0 of 180", "http-equiv=\"refresh\"")
        .doesNotContain("NaN", "Infinity", "Results");
  }

  @Test
  void aLossThatIsNoNumberIsAGap() {
    assertThat(
            TrainingPage.of(
                    NEW.withLoss(1, 1, 2).withLoss(1, 2, Double.NaN).withLoss(1, 3, 1),
                    State.RUNNING)
                .toHtml())
        .contains("<th scope=\"row\">2</th><td>–</td>")
        .doesNotContain("NaN");
  }

  @Test
  void foldsWithoutNumberAreBounded() {
    List<Integer> folds = new ArrayList<>();
    for (int fold = 1; fold <= 1000; fold++) {
      folds.add(fold);
    }
    RunProgress run = RunProgress.of("loso", NEW.settings(), folds);
    for (int fold : folds) {
      run = run.withLoss(fold, 1, 1);
    }
    String html = TrainingPage.of(run, State.RUNNING).toHtml();
    assertThat(html).contains("The first 24 of 1000 folds.");
    assertThat(html.length()).isLessThan(100_000);
  }

  @Test
  void aResumedRunEndsWithTheSamePage(@TempDir Path folder) throws IOException {
    Path through = folder.resolve("through.html");
    try (TrainingPageWriter page = new TrainingPageWriter(through)) {
      page.begin(NEW);
      train(page, 1, 1, true);
      train(page, 2, 1, true);
      finish(page);
    }
    Path resumed = folder.resolve("resumed.html");
    TrainingPageWriter killed = new TrainingPageWriter(resumed);
    killed.begin(NEW);
    train(killed, 1, 1, true);
    train(killed, 2, 1, false);
    assertThat(resumed).content().contains("http-equiv=\"refresh\"");
    // The epoch that the checkpoint does not hold is trained again.
    try (TrainingPageWriter page = new TrainingPageWriter(resumed)) {
      page.begin(run(1, 12));
      train(page, 2, 12, true);
      finish(page);
    }
    assertThat(Files.readString(resumed)).isEqualTo(Files.readString(through));
    // A run that is complete, resumed once more.
    try (TrainingPageWriter page = new TrainingPageWriter(resumed)) {
      page.begin(run(6, 0));
    }
    assertThat(Files.readString(resumed))
        .isEqualTo(Files.readString(through))
        .contains("The run is complete.")
        .doesNotContain("http-equiv=\"refresh\"");
  }

  private static void train(TrainingPageWriter page, int fold, int from, boolean toTheEnd) {
    for (int epoch = from; epoch <= (toTheEnd ? EPOCHS : 12); epoch++) {
      page.epoch(fold, epoch, EPOCHS, loss(fold, epoch), 1);
    }
    if (toTheEnd) {
      page.fold(result(fold));
    }
  }

  private static void finish(TrainingPageWriter page) {
    for (int fold = 3; fold <= 6; fold++) {
      train(page, fold, 1, true);
    }
  }

  @Test
  void aRunThatEndsBeforeItsEndSaysSo(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("training.html");
    try (TrainingPageWriter page = new TrainingPageWriter(file)) {
      page.begin(run(1, 3));
    }
    assertThat(Files.readString(file))
        .contains("The run is stopped, goes on with --resume.")
        .doesNotContain("http-equiv=\"refresh\"");
  }

  @Test
  void writingTakesAFiftiethOfTheTimeAtMost(@TempDir Path folder) {
    AtomicLong now = new AtomicLong();
    long[] writing = new long[1];
    // Each look at the clock is 100 ms later, so that a write takes 100 ms.
    TrainingPageWriter page =
        new TrainingPageWriter(folder.resolve("training.html"), () -> now.addAndGet(100_000_000L));
    page.begin(NEW);
    Path file = folder.resolve("training.html");
    for (int epoch = 1; epoch <= 2000; epoch++) {
      long before = now.get();
      page.epoch(1, epoch, EPOCHS, 1, 1);
      writing[0] += now.get() - before > 100_000_000L ? 100_000_000L : 0;
    }
    assertThat(file).exists();
    assertThat((double) writing[0] / now.get()).isGreaterThan(0.005).isLessThan(0.02);
  }

  @Test
  void aPageThatCannotBeWrittenDoesNotEndTheRun(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("missing").resolve("training.html");
    TrainingPageWriter page = new TrainingPageWriter(file);
    page.begin(NEW);
    page.epoch(1, 1, EPOCHS, 1, 1);
    page.fold(result(1));
    page.close();
    assertThat(page.failure()).get().asString().contains("does not exist");
    try (var files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }
}
