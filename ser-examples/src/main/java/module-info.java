import org.jspecify.annotations.NullMarked;

/** Small applications to copy. An application needs {@code requires ser.api} alone. */
@NullMarked
module ser.examples {
  requires ser.api;
  requires ser.attention; // Only for graphs of one's own; brings ser.graph.
  requires static org.jspecify;
}
