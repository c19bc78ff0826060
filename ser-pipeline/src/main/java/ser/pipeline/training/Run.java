package ser.pipeline.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import ser.features.pretrained.PretrainedEncoder;
import ser.graph.spi.Backend;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.protocol.Development;
import ser.pipeline.protocol.Fold;

/**
 * A run in its folder, whose folds are trained one at a time in any order, by several threads if
 * need be. {@link Experiment} is the run of a single variant and seed; an ablation has many, on the
 * same data and features.
 */
public final class Run {
  private final ExperimentData data;
  private final Experiment.Setup setup;
  private final RunFolder folder;
  private final List<Fold> folds;
  private final List<String> notes;

  private Run(
      ExperimentData data,
      Experiment.Setup setup,
      RunFolder folder,
      List<Fold> folds,
      List<String> notes) {
    this.data = data;
    this.setup = setup;
    this.folder = folder;
    this.folds = List.copyOf(folds);
    this.notes = List.copyOf(notes);
  }

  /**
   * Checks the folds of a run, and writes nothing.
   *
   * @param data the clips and the protocol
   * @param setup settings, seed and folds
   * @param out the run's folder, which need not exist
   * @return the run, whose folder is not begun
   * @throws ser.api.SerException when a fold is unknown, leaks, tests a class that it does not
   *     train on, or lacks the domains of domain-adversarial training
   */
  public static Run of(ExperimentData data, Experiment.Setup setup, Path out) {
    List<Fold> folds = data.folds(setup.seed(), setup.development(), setup.folds());
    folds.forEach(setup.settings()::requireDomains);
    List<String> notes = new ArrayList<>(setup.settings().notes(data.clips().labels()));
    notes.addAll(data.requireNoLeak(folds));
    return new Run(data, setup, new RunFolder(out), folds, notes);
  }

  /**
   * Checks, before the clips are read, that a run can begin in a folder.
   *
   * @param out the run's folder, which need not exist
   * @throws ser.api.SerException when it holds a run
   */
  public static void requireFresh(Path out) {
    new RunFolder(out).requireFresh();
  }

  /**
   * Checks, before the clips are read, that a folder holds no run, or one whose folds are done as
   * far as they were begun.
   *
   * @param out the run's folder, which need not exist
   * @param folds the numbers of the folds that are checked; empty for all
   * @throws ser.api.SerException when one of them was begun and is not done
   */
  public static void requireNotCutOff(Path out, List<Integer> folds) {
    new RunFolder(out).requireNotCutOff(folds);
  }

  /**
   * Checks that all folds of the run are done, where its folder holds a run.
   *
   * @throws ser.api.SerException when the folder holds a run and a fold is not done
   */
  public void requireComplete() {
    if (isBegun() && !pending().isEmpty()) {
      throw RunFolder.cutOff(folder.path());
    }
  }

  /**
   * Begins the run in its folder, or resumes it.
   *
   * @param resume whether to go on with what the folder holds; otherwise it must hold no run
   * @throws ser.api.SerException when the folder holds another run, or one and {@code resume} is
   *     false
   */
  public void begin(boolean resume) {
    folder.begin(settings(), () -> DataHash.ofEncoded(data.clips().utterances()), resume);
  }

  /** {@return whether the folder holds a run, this one or another} */
  public boolean isBegun() {
    return folder.isBegun();
  }

  private RunJson settings() {
    return RunJson.of(
        data.clips().name(),
        data.protocol().name(),
        setup.seed(),
        setup.development(),
        setup.settings(),
        data.leftOut().stream().map(UnusableClip::utterance).toList(),
        data.hash());
  }

  /** {@return the pretrained encoder that the settings name, if they name one} */
  public Optional<PretrainedEncoder> pretrained() {
    return setup.pretrained();
  }

  /** {@return the folds of the run, by number} */
  public List<Fold> folds() {
    return folds;
  }

  /** {@return the folds that are not trained and tested yet} */
  public List<Fold> pending() {
    return folds.stream().filter(fold -> !folder.isDone(fold.number())).toList();
  }

  /**
   * Computes the features that training and testing the pending folds take.
   *
   * @param cache keeps them; of this run's {@link FrontendSettings}
   * @param listener called with the progress
   * @param stop once true, what is missing stays missing
   */
  public void prepareFeatures(FeatureCache cache, TrainingListener listener, BooleanSupplier stop) {
    List<Fold> pending = pending();
    cache.prepare(
        clips(pending, fold -> fold.train().stream()),
        setup.settings().training().speeds(),
        listener,
        stop);
    cache.prepare(
        clips(
            pending,
            fold ->
                Stream.concat(fold.train().stream(), fold.heldOut(setup.development()).stream())),
        List.of(1.0),
        TrainingListener.SILENT,
        stop);
  }

  private static List<Utterance> clips(List<Fold> folds, Function<Fold, Stream<Utterance>> part) {
    return folds.stream().flatMap(part).distinct().toList();
  }

  /**
   * Trains a fold, or goes on with it, and tests it; does nothing when that is done.
   *
   * @param fold one of {@link #folds}
   * @param cache the features; what it lacks is computed
   * @param backend computes
   * @param listener called with the progress
   * @param stop asked after every step; once true, the state is kept and the training ends
   * @return whether the fold is done; false when it was stopped
   */
  public boolean train(
      Fold fold,
      FeatureCache cache,
      Backend backend,
      TrainingListener listener,
      BooleanSupplier stop) {
    FoldContext context =
        new FoldContext(
            data.clips(),
            data.protocol(),
            setup,
            folder,
            cache,
            data.identity(),
            backend,
            listener);
    return new FoldTrainer(context, stop).train(fold);
  }

  /** {@return the state that the folder holds: epochs and results of the run's folds} */
  public RunProgress progress() {
    RunProgress progress =
        RunProgress.of(title(), setup.settings(), folds.stream().map(Fold::number).toList());
    for (Fold fold : folds) {
      int number = fold.number();
      progress = progress.withLosses(number, folder.losses(number));
      Optional<FoldReport> report = folder.report(number);
      progress = report.isPresent() ? progress.withReport(report.get()) : progress;
    }
    return progress;
  }

  private String title() {
    return "%s, %s, %s, seed %d, %d epochs%s"
        .formatted(
            data.clips().name(),
            data.protocol().name(),
            setup.settings().encoder().title(),
            setup.seed(),
            setup.settings().training().epochs(),
            setup.development() == Development.NONE ? "" : ", development speakers");
  }

  /**
   * Writes the report on all folds that are done, by this run or before.
   *
   * @return the report
   */
  public ExperimentReport writeReport() {
    List<FoldReport> done =
        data.folds(setup.seed(), setup.development()).stream()
            .flatMap(fold -> folder.report(fold.number()).stream())
            .toList();
    ExperimentReport report =
        ExperimentReport.of(title(), done)
            .withWarning(data.protocol().warning())
            .withNotes(notes)
            .withLeftOut(data.leftOut())
            .withCorpora(data.clips().corporaById());
    folder.writeReport(report);
    return report;
  }

  /**
   * Returns the report on a fold.
   *
   * @param fold its number
   * @return the report; empty when the fold is not done
   */
  public Optional<FoldReport> report(int fold) {
    return folder.report(fold);
  }
}
