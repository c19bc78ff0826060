package ser.pipeline.training;

import ser.graph.spi.Backend;
import ser.pipeline.corpus.AudioIdentity;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.protocol.Protocol;

/** The data, settings and resources that all folds of an experiment share. */
record FoldContext(
    Corpus corpus,
    Protocol protocol,
    Experiment.Setup setup,
    RunFolder folder,
    FeatureCache cache,
    AudioIdentity identity,
    Backend backend,
    TrainingListener listener) {}
