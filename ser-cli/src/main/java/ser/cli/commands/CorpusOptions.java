package ser.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import ser.pipeline.corpus.Corpora;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.LabelMap;

/** The options of commands that take labelled speech. */
final class CorpusOptions {
  @Option(
      names = "--corpus",
      required = true,
      paramLabel = "NAME:PATH",
      description =
          "ravdess:DIR, iemocap:DIR, emodb:DIR, cremad:DIR, tess:DIR, savee:DIR, nemo:DIR or"
              + " csv:FILE; may be given several times.")
  private List<String> corpora = List.of();

  @Option(
      names = "--labels",
      paramLabel = "L",
      description =
          "Names for labels of the corpora: anger=angry,joy=happy or a JSON file; an empty name"
              + " leaves a class out.")
  private Optional<String> labels = Optional.empty();

  @Option(
      names = "--strict",
      description =
          "Refuse a corpus with clips that are unreadable, silent or too short; by default they are"
              + " left out and listed.")
  private boolean strict;

  CorpusOptions() {}

  /** Opens the corpora of --corpus, and prints what they hold. */
  List<Corpus> open(PrintWriter err) {
    return open(corpora, err);
  }

  /** Returns the files of --corpus, which are manifests, and of --labels. */
  List<Path> files() {
    return Stream.concat(
            corpora.stream().map(corpus -> corpus.substring(corpus.indexOf(':') + 1)),
            labels.filter(text -> !text.contains("=")).stream())
        .map(Path::of)
        .filter(Files::isRegularFile)
        .toList();
  }

  /** Opens corpora, and prints what they hold. */
  static List<Corpus> open(List<String> specifications, PrintWriter err) {
    List<Corpus> opened = specifications.stream().map(Corpora::open).toList();
    for (Corpus corpus : opened) {
      err.println(corpus.summary());
      corpus.notes().forEach(note -> err.println("note: " + note));
    }
    return opened;
  }

  /** Returns the names for labels, which change nothing by default. */
  LabelMap labels() {
    return labels.map(LabelMap::parse).orElse(LabelMap.NONE);
  }

  /** Gives the labels of corpora the names of --labels. */
  List<Corpus> relabelled(List<Corpus> corpora) {
    LabelMap names = labels();
    return names == LabelMap.NONE
        ? corpora
        : corpora.stream().map(corpus -> names.relabel(corpus).corpus()).toList();
  }

  boolean strict() {
    return strict;
  }
}
