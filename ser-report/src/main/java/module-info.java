import org.jspecify.annotations.NullMarked;

/** Self-contained HTML pages with charts. */
@NullMarked
module ser.report {
  requires transitive ser.pipeline;
  requires java.desktop;
  requires static org.jspecify;

  // Elements that escape what they contain.
  exports ser.report.html;

  // Numbers as the pages print them.
  exports ser.report.text;

  // The scaffold of a page: title, style, sections, content security policy.
  exports ser.report.page;

  // Charts as SVG, each with a table of its values.
  exports ser.report.chart;

  // The page that explains the classification of a file.
  exports ser.report.explanation;

  // The page of an evaluation.
  exports ser.report.evaluation;

  // The page of a training run.
  exports ser.report.training;

  // The page of an ablation.
  exports ser.report.ablation;
}
