import org.jspecify.annotations.NullMarked;

/**
 * The backend {@code dl4j}: compiles graphs to SameDiff and runs them on ND4J, the tensors of
 * Deeplearning4j. It is found by ServiceLoader and exports nothing.
 *
 * <p>ND4J itself stays on the class path: its own descriptor exports a package that it lacks.
 */
@NullMarked
module ser.backend.dl4j {
  requires ser.graph;
  requires static org.jspecify;

  // ND4J is not a module and cannot say what it needs at run time.
  requires java.logging;
  requires java.management;
  requires jdk.unsupported;

  provides ser.graph.spi.BackendProvider with
      ser.backend.dl4j.Dl4jBackendProvider;
}
