import org.jspecify.annotations.NullMarked;

/**
 * The conformance kit: JUnit tests that a backend extends to prove that it computes what the
 * reference backend computes.
 */
@NullMarked
module ser.conformance {
  requires transitive ser.graph;
  requires transitive ser.reference;
  requires ser.attention;
  requires static org.jspecify;

  // The kit's users have these.
  requires static transitive org.assertj.core;
  requires static transitive org.junit.jupiter.api;
  requires static transitive org.junit.jupiter.params;

  exports ser.conformance;

  opens ser.conformance to
      org.junit.platform.commons;
}
