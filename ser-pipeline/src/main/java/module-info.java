import org.jspecify.annotations.NullMarked;

/** Model packages, the recogniser, corpora, protocols, the trainer and metrics. */
@NullMarked
module ser.pipeline {
  requires transitive ser.api;
  requires transitive ser.graph;
  requires transitive ser.attention;
  requires transitive ser.features;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.csv;
  requires static org.jspecify;

  // Alignment of attention with amplitude.
  exports ser.pipeline.alignment;

  // Variants trained with several seeds, and their comparison.
  exports ser.pipeline.ablation;

  // Labelled speech from the field's corpora and from a manifest.
  exports ser.pipeline.corpus;

  // Output files that appear whole or not at all, and checksums.
  exports ser.pipeline.io;

  // Confusion matrices, accuracies, calibration, confidence.
  exports ser.pipeline.metrics;

  // The files of a model package.
  exports ser.pipeline.modelpackage;

  // The cache of pretrained encoders' outputs.
  exports ser.pipeline.pretrained;

  // Speaker-disjoint folds and the leak check.
  exports ser.pipeline.protocol;

  // Recognisers that run model packages.
  exports ser.pipeline.recognition;

  // The training of a voice activity detector.
  exports ser.pipeline.vad;

  // Recipes, the trainer, checkpoints, evaluation.
  exports ser.pipeline.training;

  // Jackson binds the records of the JSON files.
  opens ser.pipeline.alignment to
      tools.jackson.databind;
  opens ser.pipeline.training to
      tools.jackson.databind;

  // The types of model.json are bound by reflection.
  opens ser.pipeline.modelpackage to
      tools.jackson.databind;

  provides ser.api.spi.RecognizerProvider with
      ser.pipeline.recognition.PackageRecognizerProvider;
}
