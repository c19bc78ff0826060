import org.jspecify.annotations.NullMarked;

/**
 * The reference backend: the semantics of every operation in plain Java and float64, clear before
 * fast.
 */
@NullMarked
module ser.reference {
  requires transitive ser.graph;
  requires static org.jspecify;

  exports ser.reference;

  provides ser.graph.spi.BackendProvider with
      ser.reference.ReferenceBackendProvider;
}
