import org.jspecify.annotations.NullMarked;

/** Focus-Attention and Calibration-Attention as graph builders, and the encoder around them. */
@NullMarked
module ser.attention {
  requires transitive ser.graph;
  requires static org.jspecify;

  exports ser.attention;
}
