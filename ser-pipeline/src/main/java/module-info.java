import org.jspecify.annotations.NullMarked;

/** Model packages, the recogniser, corpora, protocols, the trainer and metrics. */
@NullMarked
module ser.pipeline {
  requires transitive ser.api;
  requires transitive ser.features;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.csv;
  requires static org.jspecify;

  exports ser.pipeline.corpus;
  exports ser.pipeline.metrics;
  exports ser.pipeline.protocol;
}
