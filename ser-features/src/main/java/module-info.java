import org.jspecify.annotations.NullMarked;

/** Audio input, resampling, acoustic features and augmentation. */
@NullMarked
module ser.features {
  requires transitive ser.api;
  requires static org.jspecify;
}
