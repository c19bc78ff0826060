package ser.pipeline.training;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import ser.api.SerException;
import ser.graph.spi.Backend;
import ser.pipeline.corpus.AudioIdentity;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.metrics.Prediction;
import ser.pipeline.modelpackage.ModelDescription;
import ser.pipeline.modelpackage.ModelPackage;
import ser.pipeline.protocol.Development;
import ser.pipeline.protocol.Fold;
import ser.pipeline.protocol.LeakCheck;
import ser.pipeline.protocol.Protocol;
import ser.pipeline.recognition.WindowClassifier;

/** Evaluation of a model on labelled clips: the clips it may be tested on, and predictions. */
public final class Evaluation {
  private Evaluation() {}

  /**
   * Classifies clips as the recogniser does, windows of long clips included.
   *
   * @param model the model
   * @param backend what computes
   * @param corpus the corpus of the clips, which names them and their speakers
   * @param utterances the clips, whose labels are all among the model's
   * @param cache their features, computed by the model's front end
   * @return a prediction for each clip, in order
   * @throws ser.api.AudioException when a clip cannot be read
   */
  public static List<Prediction> predict(
      ModelPackage model,
      Backend backend,
      Corpus corpus,
      List<Utterance> utterances,
      FeatureCache cache) {
    try (WindowClassifier classifier = WindowClassifier.compile(model, backend, Set.of())) {
      return predict(classifier, model.description().labels(), corpus, utterances, cache);
    }
  }

  static List<Prediction> predict(
      WindowClassifier classifier,
      List<String> labels,
      Corpus corpus,
      List<Utterance> utterances,
      FeatureCache cache) {
    List<Prediction> predictions = new ArrayList<>();
    List<float[]> probabilities =
        classifier.probabilities(
            utterances.stream().map(utterance -> cache.get(utterance, 1)).toList());
    for (int i = 0; i < utterances.size(); i++) {
      Utterance utterance = utterances.get(i);
      predictions.add(
          Prediction.of(
              corpus.idOf(utterance),
              corpus.speakerOf(utterance),
              labels.indexOf(utterance.label()),
              probabilities.get(i)));
    }
    return predictions;
  }

  /**
   * Finds the clips of a corpus on which a model may be tested: those of the protocol's fold it was
   * trained for, with no speaker of training or selection among them.
   *
   * @param model the model's description
   * @param corpus the corpus
   * @param protocol the protocol
   * @return the fold's test clips; of a corpus the model was not trained on, all clips
   * @throws SerException when the labels differ, a test speaker was in training, or the protocol
   *     mixes speakers and the corpus is not what the model was trained on
   */
  public static List<Utterance> testClips(
      ModelDescription model, Corpus corpus, Protocol protocol) {
    return testClips(model, corpus, protocol, new AudioIdentity());
  }

  static List<Utterance> testClips(
      ModelDescription model, Corpus corpus, Protocol protocol, AudioIdentity identity) {
    if (!new HashSet<>(model.labels()).containsAll(corpus.labels())) {
      throw new SerException(
          "The model knows %s, but the corpus has %s".formatted(model.labels(), corpus.labels()));
    }
    boolean sameCorpus = model.training().corpus().equals(corpus.name());
    if (!sameCorpus) {
      return corpus.utterances();
    }
    if (!model.training().protocol().equals(protocol.name())) {
      throw new SerException(
          "The model was trained for protocol %s, not %s: its test speakers are those of that protocol"
              .formatted(model.training().protocol(), protocol.name()));
    }
    Development development =
        model.training().developmentSpeakers().isEmpty()
            ? Development.NONE
            : Development.NEXT_GROUP;
    Fold fold =
        protocol.folds(corpus, model.training().seed(), development).stream()
            .filter(candidate -> candidate.number() == model.training().fold())
            .findFirst()
            .orElseThrow(
                () ->
                    new SerException(
                        "Protocol %s has no fold %d"
                            .formatted(protocol.name(), model.training().fold())));
    new LeakCheck(protocol, identity).check(fold);
    if (protocol.speakerIndependent()) {
      requireUnseen(model, fold.test());
    } else if (!DataHash.of(model.version(), fold.train(), identity)
        .equals(model.training().dataHash())) {
      // With other clips the lots fall otherwise, and what was trained on is tested.
      throw new SerException(
          "The model was trained on other clips than fold %d of %s has here; expected the corpus it was trained on"
              .formatted(fold.number(), protocol.name()));
    }
    return fold.test();
  }

  private static void requireUnseen(ModelDescription model, Collection<Utterance> test) {
    Set<String> seen = new HashSet<>();
    model.training().seenSpeakers().values().forEach(seen::addAll);
    List<String> leaked =
        test.stream().map(Utterance::speaker).distinct().filter(seen::contains).toList();
    if (!leaked.isEmpty()) {
      throw new SerException(
          "The model was trained or selected on the test speakers %s".formatted(leaked));
    }
  }
}
