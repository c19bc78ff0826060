import org.jspecify.annotations.NullMarked;

/**
 * Speech emotion recognition for applications: the recogniser, streams, results, options, devices
 * and errors. Depends on {@code java.base} alone.
 */
@NullMarked
module ser.api {
  requires static org.jspecify;

  // What an application uses.
  exports ser.api;

  // What provides recognisers; applications do not use it.
  exports ser.api.spi;

  uses ser.api.spi.ModelProvider;
  uses ser.api.spi.RecognizerProvider;
}
