import org.jspecify.annotations.NullMarked;

/** Pretrained encoders as ONNX files. They are found by ServiceLoader; nothing is exported. */
@NullMarked
module ser.encoders {
  requires ser.features;
  requires com.microsoft.onnxruntime;
  requires static org.jspecify;

  provides ser.features.pretrained.PretrainedEncoderProvider with
      ser.encoders.OnnxEncoderProvider;
}
