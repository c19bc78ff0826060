import org.jspecify.annotations.NullMarked;

/**
 * What every operation of a graph means, as a backend in plain Java, and the conformance kit: JUnit
 * tests that a backend extends to prove that it computes just that.
 */
@NullMarked
module ser.conformance {
  requires transitive ser.api;
  requires ser.attention;
  requires static org.jspecify;

  exports ser.conformance.reference;

  provides ser.api.spi.BackendProvider with
      ser.conformance.reference.ReferenceBackendProvider;
}
