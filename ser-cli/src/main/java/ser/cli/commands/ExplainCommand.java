package ser.cli.commands;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import ser.api.ChannelSelection;
import ser.api.EmotionRecognizer;
import ser.api.RecognizerOptions;
import ser.api.StreamOptions;
import ser.api.WindowRecognition;
import ser.cli.output.ControlCharacters;
import ser.cli.output.OutputFile;
import ser.features.pretrained.PretrainedEncoder;
import ser.graph.spi.Backend;
import ser.graph.spi.BackendProvider;
import ser.pipeline.alignment.AttentionProbe;
import ser.pipeline.alignment.TracedFile;
import ser.pipeline.corpus.AudioIdentity;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.io.AtomicFile;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.training.TrainingOverlap;
import ser.report.explanation.Explanation;
import ser.report.explanation.ExplanationPage;
import ser.report.explanation.Recording;

/** Writes a page that explains the classification of a file. */
@Command(
    name = "explain",
    description = "Write a page on a file: its sound, a model's probabilities and attention.",
    footer = {
      "",
      "The page is one file that needs no network: player, waveform, amplitude",
      "envelope, log-mel energies, attention received per head, Focus-Attention's",
      "windows, Calibration-Attention's gates, and the alignment of the attention",
      "with the amplitude."
    })
public final class ExplainCommand implements Callable<Integer> {
  /** A longer file has a timeline: recognition classifies it in windows. */
  private static final double LONGEST_WINDOW = StreamOptions.LONGEST_WINDOW;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private EngineOptions engine = new EngineOptions();
  @Mixin private ModelOptions model = new ModelOptions();
  @Mixin private EncoderOptions encoder = new EncoderOptions();

  @Option(
      names = "--against",
      paramLabel = "M",
      description = "A second model, the folder of its package or its name, beside the first.")
  private Optional<Path> against = Optional.empty();

  @Option(
      names = "--channel",
      paramLabel = "N|mix",
      converter = ChannelOption.class,
      description =
          "The channel to explain, counted from 1, or the mean of those that are not silent"
              + " (default: mix).")
  private ChannelSelection channel = ChannelSelection.mix();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "F.html",
      converter = OutputPath.class,
      description = "The page to write.")
  private Path out = Path.of("");

  @Parameters(paramLabel = "FILE", description = "An audio file.")
  private Path file = Path.of("");

  ExplainCommand() {}

  @Override
  public Integer call() {
    if (channel.isEach()) {
      throw new UsageException("--channel each: an explanation is of one channel; give N or mix");
    }
    List<ModelOptions> models = new ArrayList<>(List.of(model));
    against.map(ModelOptions::of).ifPresent(models::add);
    List<Path> inputs = new ArrayList<>(List.of(file));
    models.forEach(each -> inputs.addAll(each.folder()));
    OutputFile.requireNoInput(out, inputs);
    AtomicFile.requireWritable(out);
    List<ModelPackage> packages = models.stream().map(ModelOptions::read).toList();
    List<ModelPackage> opened = new ArrayList<>();
    try {
      packages.forEach(each -> opened.add(withEncoder(each)));
      explain(models, opened);
    } finally {
      opened.forEach(each -> each.pretrained().ifPresent(PretrainedEncoder::close));
    }
    return 0;
  }

  /** Of two models one may take log-mel features. */
  private ModelPackage withEncoder(ModelPackage model) {
    return against.isPresent() && model.description().pretrained().isEmpty()
        ? model
        : encoder.addTo(model);
  }

  private void explain(List<ModelOptions> models, List<ModelPackage> packages) {
    BackendProvider provider = engine.provider();
    Recording recording = Recording.read(file, channel);
    List<Explanation> explanations = new ArrayList<>();
    for (int i = 0; i < models.size(); i++) {
      ModelPackage model = packages.get(i);
      Explanation explanation = explain(models.get(i), model, provider);
      List<String> notes = new ArrayList<>(explanation.notes());
      if (recording.audio().isPresent()) {
        notes.addAll(overlap(model));
      }
      explanations.add(explanation.withNotes(notes));
    }
    ExplanationPage.of(recording, explanations).write(out);
    spec.commandLine().getErr().printf("%s: explains %s%n", escaped(out), escaped(file));
  }

  /** Says so when the model was trained on the file. */
  private List<String> overlap(ModelPackage model) {
    Utterance whole = Utterance.of("", file.toString(), file, "", "");
    return TrainingOverlap.of(model.description().training(), List.of(whole), new AudioIdentity())
        .findings()
        .stream()
        .filter(finding -> finding.kind() != TrainingOverlap.Kind.UNSEEN)
        .map(
            finding ->
                "was trained on this recording, its answer says little about others: "
                    + finding.reason())
        .toList();
  }

  private static String escaped(Path path) {
    return ControlCharacters.escape(path.toString());
  }

  private Explanation explain(
      ModelOptions options, ModelPackage modelPackage, BackendProvider provider) {
    TracedFile traced;
    try (Backend backend = provider.open(engine.backendOptions());
        AttentionProbe probe = AttentionProbe.compile(modelPackage, backend)) {
      traced = probe.trace(file, channel);
    }
    List<String> labels = modelPackage.description().labels();
    Map<String, Double> probabilities = new LinkedHashMap<>();
    for (int label = 0; label < labels.size(); label++) {
      probabilities.put(labels.get(label), (double) traced.trace().probabilities().get(label));
    }
    List<WindowRecognition> timeline = new ArrayList<>();
    List<String> notes;
    RecognizerOptions settings =
        engine.recognizer(Runtime.getRuntime().availableProcessors()).withChannels(channel);
    try (EmotionRecognizer recognizer =
        options.load(modelPackage.pretrained().isPresent() ? encoder.addTo(settings) : settings)) {
      notes = new ArrayList<>(recognizer.recognize(file).doubts());
      if (traced.seconds() > LONGEST_WINDOW) {
        recognizer.timeline(file, StreamOptions.defaults(), timeline::add, (seconds, total) -> {});
        if (timeline.stream().allMatch(WindowRecognition::isSilent)) {
          notes.add("no speech: the voice activity detector finds none in any window");
        }
      }
    }
    return new Explanation(
        options.name(),
        modelPackage.description().encoder().title(),
        probabilities,
        traced,
        timeline,
        notes);
  }
}
