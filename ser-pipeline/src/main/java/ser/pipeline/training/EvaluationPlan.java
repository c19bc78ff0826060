package ser.pipeline.training;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import ser.api.SerException;
import ser.features.audio.AudioClip;
import ser.graph.spi.Backend;
import ser.pipeline.alignment.AlignmentReport;
import ser.pipeline.corpus.AudioIdentity;
import ser.pipeline.corpus.Corpora;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.LabelMap;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.protocol.Protocol;
import ser.pipeline.recognition.Frontend;
import ser.pipeline.recognition.SpeakerReference;
import ser.pipeline.recognition.WindowClassifier;
import ser.pipeline.training.EvaluationSettings.Among;
import ser.pipeline.training.EvaluationSettings.Seen;
import ser.pipeline.training.TrainingOverlap.Kind;

/**
 * The clips on which a model is going to be evaluated: labels are matched, clips whose audio cannot
 * be used are left out, and those that the model was trained on are kept apart from the others.
 */
public final class EvaluationPlan {
  /** Babble is mixed of this many clips at most, which stay in memory. */
  private static final int VOICES = 64;

  private final ModelPackage model;
  private final EvaluationSettings settings;
  private final Corpus corpus;
  private final Map<String, Integer> leftOutClasses;
  private final List<UnusableClip> leftOut;
  private final List<String> notes;
  private final Map<Kind, List<Utterance>> clips;
  private final boolean speakersMayBeSeen;
  private final Map<String, List<Utterance>> references; // by speaker
  private final Map<String, List<Utterance>> seenReferences; // of the clips seen in training

  private EvaluationPlan(
      ModelPackage model,
      EvaluationSettings settings,
      UsableClips usable,
      Map<String, Integer> leftOutClasses) {
    ModelDescription description = model.description();
    this.model = model;
    this.settings = settings;
    this.corpus = usable.corpus();
    this.leftOutClasses = leftOutClasses;
    this.leftOut = usable.leftOut();
    this.notes = new ArrayList<>(corpus.notes());
    AudioIdentity identity = new AudioIdentity();
    TrainingOverlap overlap =
        TrainingOverlap.of(description.training(), corpus.utterances(), identity);
    overlap.warning().ifPresent(notes::add);
    boolean trainedOn = isTrainedOn(description, corpus, overlap);
    Set<Utterance> tested =
        settings.protocol().isPresent() && trainedOn
            ? new HashSet<>(
                Evaluation.testClips(description, corpus, settings.protocol().get(), identity))
            : new HashSet<>(corpus.utterances());
    // The test clips of a fold are those of its rules; a protocol may declare that it mixes
    // speakers.
    this.speakersMayBeSeen =
        trainedOn && settings.protocol().filter(each -> !each.speakerIndependent()).isPresent();
    this.clips = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      clips.put(kind, overlap.utterances(kind).stream().filter(tested::contains).toList());
    }
    this.references = takeReferences(false);
    this.seenReferences = takeReferences(true);
  }

  /**
   * Chooses the clips.
   *
   * @param model the model
   * @param corpora one or more corpora of different names
   * @param settings the rules
   * @return the plan
   * @throws SerException when the labels have nothing in common, no clip can be used, the model was
   *     trained on clips while the settings refuse that, or no clip is left
   */
  public static EvaluationPlan of(
      ModelPackage model, List<Corpus> corpora, EvaluationSettings settings) {
    List<String> labels = model.description().labels();
    Map<String, Integer> leftOutClasses = new LinkedHashMap<>();
    List<Corpus> relabelled = new ArrayList<>();
    for (Corpus corpus : corpora) {
      LabelMap.Relabelled matched = settings.labels().relabelTo(corpus, labels);
      relabelled.add(matched.corpus());
      matched.leftOut().forEach((label, count) -> leftOutClasses.merge(label, count, Integer::sum));
    }
    UsableClips usable = UsableClips.of(Corpora.join(relabelled));
    if (settings.strict()) {
      usable.requireAll();
    }
    EvaluationPlan plan = new EvaluationPlan(model, settings, usable, leftOutClasses);
    plan.requireClips();
    return plan;
  }

  /**
   * The names of manifests may coincide: only a recording in common shows that a manifest is the
   * one that the model was trained on.
   */
  private static boolean isTrainedOn(
      ModelDescription model, Corpus corpus, TrainingOverlap overlap) {
    return model.training().corpus().equals(corpus.name())
        && (Corpora.isPublished(corpus.name())
            || model.training().recordings().isEmpty()
            || overlap.counts().getOrDefault(Kind.RECORDING_SEEN, 0) > 0);
  }

  private List<Utterance> select(boolean seen) {
    Set<Utterance> selected = new HashSet<>();
    clips.forEach((kind, some) -> selected.addAll(isSeen(kind) == seen ? some : List.of()));
    return corpus.utterances().stream().filter(selected::contains).toList();
  }

  /** Takes the first neutral clips of each speaker out of the clips that are tested. */
  private Map<String, List<Utterance>> takeReferences(boolean seen) {
    if (settings.referenceClips() == 0 || (seen && settings.seen() != Seen.REPORT)) {
      return Map.of();
    }
    SpeakerReference.requireNeutral(model.description());
    List<String> labels = model.description().labels();
    String neutral =
        labels.get(
            LabelMap.neutral(labels)
                .orElseThrow(() -> new SerException("The model has no label neutral: " + labels)));
    Map<String, List<Utterance>> taken = new LinkedHashMap<>();
    for (Utterance utterance : select(seen)) {
      List<Utterance> ofSpeaker =
          taken.computeIfAbsent(corpus.speakerOf(utterance), speaker -> new ArrayList<>());
      if (utterance.label().equals(neutral) && ofSpeaker.size() < settings.referenceClips()) {
        ofSpeaker.add(utterance);
      }
    }
    String tooFew =
        taken.entrySet().stream()
            .filter(entry -> entry.getValue().size() < settings.referenceClips())
            .map(entry -> "%s (%d)".formatted(entry.getKey(), entry.getValue().size()))
            .collect(Collectors.joining(", "));
    if (!tooFew.isEmpty()) {
      throw new SerException(
          "speakers of corpus %s have too few clips of label %s for the reference: %s; expected %d or more of each"
              .formatted(corpus.name(), neutral, tooFew, settings.referenceClips()));
    }
    Set<Utterance> all = taken.values().stream().flatMap(List::stream).collect(Collectors.toSet());
    clips.replaceAll((kind, some) -> some.stream().filter(each -> !all.contains(each)).toList());
    if (select(seen).isEmpty() && !all.isEmpty()) {
      throw new SerException(
          "corpus %s has no clip to test beside those of the reference".formatted(corpus.name()));
    }
    return taken;
  }

  private boolean isSeen(Kind kind) {
    return kind != Kind.UNSEEN && !(kind == Kind.SPEAKER_SEEN && speakersMayBeSeen);
  }

  /** {@return the clips that the model was not trained on, nor their speakers} */
  public List<Utterance> unseen() {
    return select(false);
  }

  /** {@return the clips that the model was trained on, or whose speakers it was trained on} */
  public List<Utterance> seen() {
    return select(true);
  }

  /** {@return the clips that will be tested, and those only} */
  public List<Utterance> tested() {
    List<Utterance> tested = new ArrayList<>(unseen());
    if (settings.seen() == Seen.REPORT) {
      tested.addAll(seen());
    }
    return tested;
  }

  /** {@return the neutral clips that the model is adjusted by, none of which is tested} */
  public List<Utterance> references() {
    return Stream.of(references, seenReferences)
        .flatMap(some -> some.values().stream())
        .flatMap(List::stream)
        .toList();
  }

  /**
   * Finds a clip of the evaluation.
   *
   * @param id as {@link ser.pipeline.metrics.Prediction#utterance} gives it
   * @return the clip; empty when none that is tested has this id
   */
  public Optional<Utterance> clip(String id) {
    return tested().stream().filter(each -> corpus.idOf(each).equals(id)).findFirst();
  }

  private void requireClips() {
    List<Utterance> seen = seen();
    List<Utterance> unseen = unseen();
    if (!seen.isEmpty() && settings.seen() == Seen.REFUSE) {
      throw new SerException(
          "the model was trained on clips of corpus %s: of %d clips, %s; choose --seen exclude to test the other %d alone, or --seen report to report both apart"
              .formatted(corpus.name(), seen.size() + unseen.size(), seenText(), unseen.size()));
    }
    if (tested().isEmpty()) {
      throw new SerException(
          "corpus %s has no clip that the model was not trained on: of %d clips, %s; choose --seen report to report on them"
              .formatted(corpus.name(), seen.size(), seenText()));
    }
    if (unseen.isEmpty() && !settings.conditions().isEmpty()) {
      throw new SerException(
          "corpus %s has no clip that the model was not trained on, which the test conditions take: of %d clips, %s; expected others, or no conditions"
              .formatted(corpus.name(), seen.size(), seenText()));
    }
    if (settings.conditions().stream().anyMatch(TestCondition::needsVoices)
        && unseen.stream().map(corpus::speakerOf).distinct().count() == 1) {
      throw new SerException(
          "corpus %s has a single speaker; expected two or more, whose voices the condition babble mixes"
              .formatted(corpus.name()));
    }
  }

  /** For example "960 recordings in training, 240 of speakers in training (20 speakers)". */
  private String seenText() {
    String counts =
        clips.entrySet().stream()
            .filter(entry -> isSeen(entry.getKey()) && !entry.getValue().isEmpty())
            .map(entry -> entry.getValue().size() + " " + entry.getKey().words())
            .collect(Collectors.joining(", "));
    long speakers = seen().stream().map(corpus::speakerOf).distinct().count();
    return "%s (%d of %d speakers)".formatted(counts, speakers, corpus.speakers().size());
  }

  /**
   * Classifies the clips.
   *
   * @param backend computes; stays the caller's
   * @param listener called with the progress
   * @return the report
   */
  public EvaluationReport run(Backend backend, TrainingListener listener) {
    ModelDescription description = model.description();
    Frontend frontend = Frontend.of(model);
    FeatureCache cache = new FeatureCache(frontend);
    cache.prepare(withReferences(tested(), references()), List.of(1.0), listener);
    List<String> sentences = new ArrayList<>(notes);
    if (!leftOutClasses.isEmpty()) {
      sentences.add(
          "left out classes that the model lacks, or --labels leaves out: %s"
              .formatted(new LabelMap.Relabelled(corpus, leftOutClasses).leftOutText()));
    }
    if (corpus.labels().size() < description.labels().size()) {
      sentences.add(
          settings.among() == Among.ALL
              ? "probabilities over all %d labels of the model; the corpus has %d of them"
                  .formatted(description.labels().size(), corpus.labels().size())
              : "probabilities renormalised over the %d labels in common: %s"
                  .formatted(corpus.labels().size(), String.join(", ", corpus.labels())));
    }
    if (settings.referenceClips() > 0) {
      sentences.add(
          "adjusted to each speaker by the first neutral clips, %d of each, which are not tested"
              .formatted(settings.referenceClips()));
    }
    if (!seen().isEmpty() && settings.seen() == Seen.EXCLUDE) {
      sentences.add("left out, because of the training: " + seenText());
    }
    Optional<FoldReport> unseen = report(backend, unseen(), references, cache);
    Optional<FoldReport> unadjusted =
        references.isEmpty() ? Optional.empty() : report(backend, unseen(), Map.of(), cache);
    return new EvaluationReport(
        title(backend),
        corpus.name(),
        settings,
        sentences,
        leftOutClasses,
        leftOut,
        counts(),
        unseen,
        settings.seen() == Seen.REPORT
            ? report(backend, seen(), seenReferences, cache)
            : Optional.empty(),
        unseen.map(this::byCorpus).orElse(Map.of()),
        unadjusted,
        alignment(backend, unseen()),
        settings.seen() == Seen.REPORT ? alignment(backend, seen()) : Optional.empty(),
        unseen.map(clean -> underConditions(backend, frontend, clean, listener)).orElse(List.of()));
  }

  private String title(Backend backend) {
    List<String> parts = new ArrayList<>(List.of(corpus.name()));
    settings.protocol().map(Protocol::name).or(this::choice).ifPresent(parts::add);
    parts.add("%s on %s".formatted(model.description().encoder().title(), backend.name()));
    return String.join(", ", parts);
  }

  /** Names the clips that are tested; empty where the report names them by their part. */
  private Optional<String> choice() {
    if (settings.seen() == Seen.REPORT) {
      return Optional.empty();
    }
    String clips = seen().isEmpty() ? "all clips" : "unseen clips";
    return Optional.of(references.isEmpty() ? clips : clips + " but the references");
  }

  /** Returns the results on each of several corpora. */
  private Map<String, FoldReport> byCorpus(FoldReport results) {
    return ExperimentReport.of("", List.of(results)).withCorpora(corpus.corporaById()).corpora();
  }

  private List<Comparison> underConditions(
      Backend backend, Frontend frontend, FoldReport clean, TrainingListener listener) {
    List<Utterance> utterances = unseen();
    Map<Utterance, AudioClip> voices =
        settings.conditions().stream().anyMatch(TestCondition::needsVoices)
            ? voices(utterances, new FeatureCache(frontend))
            : Map.of();
    List<Comparison> reports = new ArrayList<>();
    for (TestCondition condition : settings.conditions()) {
      FeatureCache cache =
          new FeatureCache(
              frontend, (utterance, clip) -> condition.apply(clip, ofOthers(utterance, voices)));
      List<Utterance> neutral = references.values().stream().flatMap(List::stream).toList();
      cache.prepare(withReferences(utterances, neutral), List.of(1.0), listener);
      report(backend, utterances, references, cache)
          .ifPresent(results -> reports.add(Comparison.of(condition.toString(), results, clean)));
    }
    return reports;
  }

  /** Clips evenly spaced among those tested. */
  private static Map<Utterance, AudioClip> voices(List<Utterance> utterances, FeatureCache cache) {
    Map<Utterance, AudioClip> voices = new LinkedHashMap<>();
    int count = Math.min(VOICES, utterances.size());
    for (int i = 0; i < count; i++) {
      Utterance utterance = utterances.get((int) ((long) i * utterances.size() / count));
      voices.put(utterance, cache.read(utterance));
    }
    return voices;
  }

  private List<AudioClip> ofOthers(Utterance utterance, Map<Utterance, AudioClip> voices) {
    String speaker = corpus.speakerOf(utterance);
    return voices.entrySet().stream()
        .filter(voice -> !corpus.speakerOf(voice.getKey()).equals(speaker))
        .map(Map.Entry::getValue)
        .toList();
  }

  private Optional<AlignmentReport> alignment(Backend backend, List<Utterance> utterances) {
    return utterances.isEmpty()
        ? Optional.empty()
        : Optional.of(AlignmentReport.of(model, backend, corpus, utterances));
  }

  private Map<Kind, Integer> counts() {
    Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    clips.forEach((kind, some) -> counts.put(kind, some.size()));
    return counts;
  }

  private static List<Utterance> withReferences(
      List<Utterance> utterances, List<Utterance> references) {
    return Stream.of(utterances, references).flatMap(List::stream).toList();
  }

  private Optional<FoldReport> report(
      Backend backend,
      List<Utterance> utterances,
      Map<String, List<Utterance>> reference,
      FeatureCache cache) {
    if (utterances.isEmpty()) {
      return Optional.empty();
    }
    List<String> labels = model.description().labels();
    List<Prediction> predictions = predict(backend, utterances, reference, cache);
    if (settings.among() == Among.COMMON) {
      List<Integer> kept = corpus.labels().stream().map(labels::indexOf).toList();
      predictions = predictions.stream().map(prediction -> prediction.among(kept)).toList();
      labels = corpus.labels();
    }
    return Optional.of(
        new FoldReport(model.description().training().fold(), labels, predictions, 0));
  }

  /** Classifies clips, adjusted to each speaker who has a reference. */
  private List<Prediction> predict(
      Backend backend,
      List<Utterance> utterances,
      Map<String, List<Utterance>> reference,
      FeatureCache cache) {
    if (reference.isEmpty()) {
      return Evaluation.predict(model, backend, corpus, utterances, cache);
    }
    List<String> labels = model.description().labels();
    Map<String, Prediction> predictions = new HashMap<>();
    try (WindowClassifier classifier = WindowClassifier.compile(model, backend, Set.of())) {
      reference.forEach(
          (speaker, neutral) -> {
            WindowClassifier adjusted =
                classifier.adjustedTo(neutral.stream().map(clip -> cache.get(clip, 1)).toList());
            List<Utterance> spoken =
                utterances.stream().filter(each -> corpus.speakerOf(each).equals(speaker)).toList();
            Evaluation.predict(adjusted, labels, corpus, spoken, cache)
                .forEach(prediction -> predictions.put(prediction.utterance(), prediction));
          });
    }
    return utterances.stream()
        .map(each -> Objects.requireNonNull(predictions.get(corpus.idOf(each))))
        .toList();
  }
}
