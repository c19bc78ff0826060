package ser.encoders;

import java.nio.file.Path;
import java.util.Locale;
import ser.features.pretrained.EncoderInput;
import ser.features.pretrained.PretrainedEncoder;
import ser.features.pretrained.PretrainedEncoderProvider;

/** Reads ONNX files. */
public final class OnnxEncoderProvider implements PretrainedEncoderProvider {
  /** Creates the provider, for {@link java.util.ServiceLoader}. */
  public OnnxEncoderProvider() {}

  @Override
  public String format() {
    return "an ONNX file (.onnx)";
  }

  @Override
  public boolean accepts(Path file) {
    return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(".onnx");
  }

  @Override
  public PretrainedEncoder open(Path file, EncoderInput input) {
    return OnnxEncoder.open(file, input);
  }
}
