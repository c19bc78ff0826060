package ser.pipeline.modelpackage;

import java.util.List;
import java.util.Map;

/**
 * Where a model comes from.
 *
 * @param corpus the corpus's name
 * @param protocol the protocol's name
 * @param fold the fold it was trained on, counted from 1
 * @param trainSpeakers who was heard in training
 * @param developmentSpeakers who was heard in model selection; empty when nothing was selected
 * @param testSpeakers who was held out
 * @param dataHash SHA-256 over the training clips' identities, in order
 * @param recipe all settings of the training, by name
 * @param seed of initial weights, order, augmentation and dropout
 * @param epochs how often each clip was heard
 * @param versions of toolkit, backend and Java; of every backend that took part, in order
 * @param metrics on the test speakers, by name
 */
public record TrainingRecord(
    String corpus,
    String protocol,
    int fold,
    List<String> trainSpeakers,
    List<String> developmentSpeakers,
    List<String> testSpeakers,
    String dataHash,
    Map<String, Object> recipe,
    long seed,
    int epochs,
    Map<String, String> versions,
    Map<String, Double> metrics) {}
