import org.jspecify.annotations.NullMarked;

/**
 * Tensors, the backend-neutral graph, the backend SPI and the entry points of an application.
 * Depends on {@code java.base} alone.
 */
@NullMarked
module ser.api {
  requires static org.jspecify;

  exports ser.api;
}
