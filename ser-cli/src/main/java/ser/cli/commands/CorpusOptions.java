package ser.cli.commands;

import picocli.CommandLine.Option;

/** The options of commands that take labelled speech. */
final class CorpusOptions {
  @Option(
      names = "--corpus",
      required = true,
      paramLabel = "NAME:PATH",
      description =
          "ravdess:DIR, iemocap:DIR, emodb:DIR, cremad:DIR, tess:DIR, savee:DIR or csv:FILE.")
  private String corpus = "";

  @Option(
      names = "--protocol",
      required = true,
      paramLabel = "P",
      description = "ravdess-6fold, iemocap-5session, loso or random.")
  private String protocol = "";

  CorpusOptions() {}

  String corpus() {
    return corpus;
  }

  String protocol() {
    return protocol;
  }
}
