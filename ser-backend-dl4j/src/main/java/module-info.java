import org.jspecify.annotations.NullMarked;

/**
 * The backend {@code dl4j}: compiles graphs to native operations of ND4J, the tensors of
 * Deeplearning4j, and runs them; and the export format {@code samediff}. Both are found by
 * ServiceLoader; nothing is exported.
 *
 * <p>ND4J itself stays on the class path: its own descriptor exports a package that it lacks.
 */
@NullMarked
module ser.backend.dl4j {
  requires ser.graph;
  requires static org.jspecify;

  // What ND4J, which is not a module, requires at run time.
  requires java.logging;
  requires java.management;
  requires jdk.unsupported;

  provides ser.graph.spi.BackendProvider with
      ser.backend.dl4j.Dl4jBackendProvider;
  provides ser.graph.spi.GraphExporter with
      ser.backend.dl4j.SameDiffExporter;
}
