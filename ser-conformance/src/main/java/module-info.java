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

  // The kit's users have these; the reference backend runs without.
  requires static transitive org.assertj.core;
  requires static transitive org.junit.jupiter.api;
  requires static transitive org.junit.jupiter.params;

  exports ser.conformance;
  exports ser.conformance.reference;

  opens ser.conformance to
      org.junit.platform.commons;

  provides ser.api.spi.BackendProvider with
      ser.conformance.reference.ReferenceBackendProvider;
}
