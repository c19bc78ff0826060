import org.jspecify.annotations.NullMarked;

/** The export format {@code onnx}. It is found by ServiceLoader and exports nothing. */
@NullMarked
module ser.onnx {
  requires ser.graph;
  requires static org.jspecify;

  provides ser.graph.spi.GraphExporter with
      ser.onnx.OnnxExporter;
}
