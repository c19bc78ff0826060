package ser.pipeline.ablation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import ser.api.SerException;
import ser.pipeline.alignment.AlignmentReport;
import ser.pipeline.io.OptionalFile;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.training.FoldReport;
import ser.pipeline.training.Recipe;
import ser.pipeline.training.Recipes;
import ser.pipeline.training.RunResults;

/**
 * The folder of an ablation, with a run folder {@code VARIANT/seed-N} for each variant and seed.
 */
final class AblationFolder {
  private static final Pattern FOLD = Pattern.compile("fold-([0-9]{1,9})");
  private static final Pattern SEED = Pattern.compile("seed-(-?[0-9]{1,18})");

  private final Path path;

  AblationFolder(Path path) {
    this.path = path;
  }

  Path run(String variant, long seed) {
    return path.resolve(variant).resolve("seed-" + seed);
  }

  /** {@return a file of the ablation's own} */
  Path file(String name) {
    return path.resolve(name);
  }

  /**
   * Reads the runs that were begun.
   *
   * @param plan the wanted runs
   * @return the runs of each variant, by seed
   * @throws SerException when a run cannot be read, or is of another seed or of other settings than
   *     the plan has
   */
  List<VariantRuns> read(AblationPlan plan) {
    List<VariantRuns> variants = new ArrayList<>();
    for (Recipe variant : plan.variants()) {
      SortedMap<Long, RunResults> runs = new TreeMap<>();
      Map<Long, Map<Integer, AlignmentReport>> alignments = new HashMap<>();
      for (long seed : plan.seeds()) {
        Path folder = run(variant.name(), seed);
        if (isRun(folder)) {
          RunResults run = read(folder, seed, variant);
          runs.put(seed, run);
          alignments.put(seed, alignments(run));
        }
      }
      variants.add(new VariantRuns(variant, runs, alignments));
    }
    return variants;
  }

  private static Map<Integer, AlignmentReport> alignments(RunResults run) {
    Map<Integer, AlignmentReport> alignments = new HashMap<>();
    for (FoldReport fold : run.folds()) {
      Path file = alignment(run.folder(), fold.fold());
      if (OptionalFile.isThere(file)) {
        AlignmentReport alignment = AlignmentReport.read(file);
        requireSameClips(file, alignment, fold);
        alignments.put(fold.fold(), alignment);
      }
    }
    return alignments;
  }

  private static void requireSameClips(Path file, AlignmentReport alignment, FoldReport fold) {
    Map<String, Long> tested =
        fold.predictions().stream()
            .collect(Collectors.groupingBy(Prediction::speaker, Collectors.counting()));
    Map<String, Long> aligned =
        alignment.speakers().stream()
            .collect(
                Collectors.toMap(
                    AlignmentReport.SpeakerSums::speaker, sums -> (long) sums.clips(), Long::sum));
    if (!aligned.equals(tested)) {
      throw new SerException(
          "%s: is of other clips than the predictions beside it; delete it, and 'ser ablate --resume' computes it again"
              .formatted(file));
    }
  }

  /** {@return the file of the alignment of a fold's model on its test clips} */
  static Path alignment(Path run, int fold) {
    return run.resolve("fold-" + fold).resolve("alignment.json");
  }

  /** {@return the folder of the model of a fold} */
  static Path model(Path run, int fold) {
    return run.resolve("fold-" + fold).resolve("model");
  }

  private static RunResults read(Path folder, long seed, Recipe variant) {
    RunResults run = RunResults.read(folder);
    if (run.seed() != seed) {
      throw new SerException(
          "%s: holds a run with seed %d; expected seed %d".formatted(folder, run.seed(), seed));
    }
    if (!run.settings().equals(variant.settings())) {
      throw new SerException(
          "%s: holds a run with other settings than the variant %s; choose another folder, or give the recipe file of the run"
              .formatted(folder, variant.name()));
    }
    return run;
  }

  /**
   * Finds the variants, seeds and folds that the folder holds: the toolkit's recipes first, in
   * their order, then others by name. The settings of a variant are those of its first run.
   *
   * @throws SerException when there is none, the folder cannot be listed or a run cannot be read
   */
  AblationPlan discover() {
    List<Recipe> variants = new ArrayList<>();
    SortedSet<Long> seeds = new TreeSet<>();
    SortedSet<Integer> begun = new TreeSet<>();
    for (Path folder : folders(path)) {
      boolean first = true;
      for (Path run : folders(folder)) {
        Matcher name = SEED.matcher(String.valueOf(run.getFileName()));
        if (name.matches() && isRun(run)) {
          if (first) {
            variants.add(
                new Recipe(String.valueOf(folder.getFileName()), RunResults.read(run).settings()));
          }
          first = false;
          seeds.add(Long.parseLong(name.group(1)));
          begun.addAll(begun(run));
        }
      }
    }
    if (variants.isEmpty()) {
      throw new SerException(
          "%s: holds no run; expected VARIANT/seed-N/run.json, which 'ser ablate' writes"
              .formatted(path));
    }
    variants.sort(Comparator.comparingInt(AblationFolder::rank).thenComparing(Recipe::name));
    return AblationPlan.of(variants, List.copyOf(seeds)).withFolds(List.copyOf(begun));
  }

  /**
   * Returns whether a folder holds a run.
   *
   * @throws SerException when it holds folds without the settings of their run
   */
  private static boolean isRun(Path folder) {
    if (OptionalFile.isThere(folder.resolve("run.json"))) {
      return true;
    }
    if (Files.isDirectory(folder) && !begun(folder).isEmpty()) {
      throw new SerException(
          "%s: has folds, but no run.json with the settings of their run; restore it, or move the folder away"
              .formatted(folder));
    }
    return false;
  }

  /** Returns the folds of a run that were begun. */
  private static List<Integer> begun(Path run) {
    return folders(run).stream()
        .map(fold -> FOLD.matcher(String.valueOf(fold.getFileName())))
        .filter(Matcher::matches)
        .map(fold -> Integer.valueOf(fold.group(1)))
        .toList();
  }

  private static int rank(Recipe variant) {
    int index = Recipes.names().indexOf(variant.name());
    return index < 0 ? Integer.MAX_VALUE : index;
  }

  private static List<Path> folders(Path path) {
    try (Stream<Path> content = Files.list(path)) {
      return content.filter(Files::isDirectory).sorted().toList();
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw new SerException(path + ": no such folder; expected that of an ablation", e);
    } catch (IOException e) {
      throw new SerException("%s: cannot be listed: %s".formatted(path, e), e);
    }
  }
}
