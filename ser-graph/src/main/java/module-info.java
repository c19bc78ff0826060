import org.jspecify.annotations.NullMarked;

/**
 * Tensors, the backend-neutral graph and its rewrites, the training session and the SPI: the API
 * that backend authors compile against.
 */
@NullMarked
module ser.graph {
  requires transitive ser.api;
  requires static org.jspecify;

  // Dense tensors on the Java heap.
  exports ser.graph.tensor;

  // The graph: operations, types, builder, text form.
  exports ser.graph.ir;

  // Graph in, graph out: constant folding, common-subexpression elimination and their kin.
  exports ser.graph.rewrite;

  // The interfaces of backends and exporters, and their discovery.
  exports ser.graph.spi;

  // Building blocks for backend authors.
  exports ser.graph.spi.support;

  // The training session, specified once for all backends.
  exports ser.graph.training;

  uses ser.graph.spi.BackendProvider;
  uses ser.graph.spi.GraphExporter;
}
