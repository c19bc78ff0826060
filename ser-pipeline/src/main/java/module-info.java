import org.jspecify.annotations.NullMarked;

@NullMarked
module ser.pipeline {
  requires transitive ser.api;
  requires transitive ser.features;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.csv;
  requires static org.jspecify;

  exports ser.pipeline.corpus;
  exports ser.pipeline.metrics;
}
