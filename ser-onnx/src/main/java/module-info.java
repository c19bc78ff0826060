import org.jspecify.annotations.NullMarked;

/** The export format {@code onnx}. It is found by ServiceLoader and exports nothing. */
@NullMarked
module ser.onnx {
  requires ser.api;
  requires com.google.protobuf;
  requires static org.jspecify;

  provides ser.api.spi.GraphExporter with
      ser.onnx.OnnxExporter;
}
