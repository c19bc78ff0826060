package ser.encoders;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import ser.attention.AttentionSettings;
import ser.attention.SelfAttention;
import ser.attention.Variant;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.onnx.OnnxExporter;

/** Encoders of published architectures in small sizes, with random weights. */
final class SmallEncoders {
  static final int WIDTH = 8;
  private static final int HEADS = 2;
  private static final double EPSILON = 1e-5;

  private SmallEncoders() {}

  /** Writes an encoder as an ONNX file. */
  static Path write(Path file, Graph graph, long seed) {
    try (OutputStream out = Files.newOutputStream(file)) {
      new OnnxExporter().write(graph, graph.initialParameters(seed), out);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return file;
  }

  static GraphBuilder builder() {
    return new GraphBuilder("encoder");
  }

  static Value waveform(GraphBuilder g) {
    return g.input("input_values", TensorType.float32(Dim.symbol("batch"), Dim.symbol("samples")));
  }

  /**
   * The base model of wav2vec 2.0 (Baevski et al. 2020): seven convolutions of which the first is
   * normalised per channel, a projection, positions by a grouped convolution, and two blocks. The
   * outputs are the last hidden state and all hidden states, as Transformers names them.
   */
  static Graph wav2vec() {
    GraphBuilder g = builder();
    Value samples = waveform(g);
    Value x = g.reshape(samples, samples.dim(0), Dim.of(1), samples.dim(1));
    List<Integer> kernels = List.of(10, 3, 3, 3, 3, 2, 2);
    List<Integer> strides = List.of(5, 2, 2, 2, 2, 2, 2);
    int channels = 6;
    for (int layer = 0; layer < kernels.size(); layer++) {
      int inputs = layer == 0 ? 1 : channels;
      int kernel = kernels.get(layer);
      Value weight =
          g.parameter(
              "conv" + layer, Initializer.he((long) inputs * kernel), channels, inputs, kernel);
      x = g.conv(new Op.Conv(List.of(strides.get(layer)), List.of(0), List.of(1), 1), x, weight);
      if (layer == 0) {
        x = perChannel(g, x);
      }
      x = g.unary(Op.UnaryFunction.GELU, x);
    }
    Value frames = norm(g, "projection.norm", g.transpose(x, 0, 2, 1));
    Value projected = linear(g, "projection", frames, WIDTH);
    Op.Conv positions = new Op.Conv(List.of(1), List.of(2), List.of(1), 2);
    Value weight = g.parameter("positions", Initializer.he(20), WIDTH, WIDTH / 2, 5);
    Value position = g.conv(positions, g.transpose(projected, 0, 2, 1), weight);
    Value hidden = g.add(projected, g.unary(Op.UnaryFunction.GELU, g.transpose(position, 0, 2, 1)));
    Value mask = ones(g, hidden);
    Value first = block(g, "block0", hidden, mask);
    Value second = block(g, "block1", first, mask);
    g.output("last_hidden_state", second);
    g.output("hidden_states.0", hidden);
    g.output("hidden_states.1", first);
    g.output("logits", linear(g, "ctc", second, 5)); // of another width: no layer
    return g.build();
  }

  /** Whisper's encoder (Radford et al. 2023): two convolutions, learnt positions, one block. */
  static Graph whisper(int bands) {
    GraphBuilder g = builder();
    Value mel =
        g.input(
            "input_features", TensorType.float32(Dim.symbol("batch"), Dim.of(bands), Dim.of(3000)));
    Value first =
        g.unary(
            Op.UnaryFunction.GELU,
            g.conv(
                new Op.Conv(List.of(1), List.of(1), List.of(1), 1),
                mel,
                g.parameter("conv0", Initializer.he(3L * bands), WIDTH, bands, 3)));
    Value second =
        g.unary(
            Op.UnaryFunction.GELU,
            g.conv(
                new Op.Conv(List.of(2), List.of(1), List.of(1), 1),
                first,
                g.parameter("conv1", Initializer.he(3L * WIDTH), WIDTH, WIDTH, 3)));
    Value positions = g.parameter("positions", Initializer.glorot(1500, WIDTH), 1500, WIDTH);
    Value hidden = g.add(g.transpose(second, 0, 2, 1), positions);
    g.output("last_hidden_state", block(g, "block", hidden, ones(g, hidden)));
    return g.build();
  }

  /** Frames of 160 samples, projected: any number, or as many as fit into a fixed input. */
  static Graph frames(Dim samplesAxis) {
    GraphBuilder g = builder();
    Value samples = g.input("audio", TensorType.float32(Dim.symbol("batch"), samplesAxis));
    g.output("frames", framed(g, samples));
    return g.build();
  }

  static Value framed(GraphBuilder g, Value samples) {
    Value x = g.reshape(samples, samples.dim(0), Dim.of(1), samples.dim(1));
    Value weight = g.parameter("weight", Initializer.he(160), WIDTH, 1, 160);
    return g.transpose(
        g.conv(new Op.Conv(List.of(160), List.of(0), List.of(1), 1), x, weight), 0, 2, 1);
  }

  private static Value perChannel(GraphBuilder g, Value x) {
    Value mean = g.reduce(Op.Reduction.MEAN, x, 2);
    Value centred = g.sub(x, mean);
    Value variance = g.reduce(Op.Reduction.MEAN, g.square(centred), 2);
    return g.div(centred, g.sqrt(g.add(variance, g.constant(EPSILON))));
  }

  /** [B, T] of ones; a batch has one clip, without padding. */
  private static Value ones(GraphBuilder g, Value x) {
    Value zero = g.scale(g.sum(g.scale(x, 0), 2), 1);
    return g.reshape(g.add(zero, g.constant(1)), x.dim(0), x.dim(1));
  }

  private static Value block(GraphBuilder g, String name, Value x, Value mask) {
    Value attended =
        SelfAttention.build(
                g, AttentionSettings.of(Variant.MHSA, WIDTH, HEADS), name + ".attention", x, mask)
            .output();
    Value normal = norm(g, name + ".norm", g.add(x, attended));
    Value widened =
        linear(
            g,
            name + ".output",
            g.unary(Op.UnaryFunction.GELU, linear(g, name + ".hidden", normal, 2 * WIDTH)),
            WIDTH);
    return norm(g, name + ".output.norm", g.add(normal, widened));
  }

  private static Value norm(GraphBuilder g, String name, Value x) {
    long width = x.dim(-1).size();
    return g.layerNorm(
        x,
        g.parameter(name + ".gain", Initializer.ones(), width),
        g.parameter(name + ".bias", Initializer.zeros(), width),
        EPSILON);
  }

  private static Value linear(GraphBuilder g, String name, Value x, long width) {
    long inputs = x.dim(-1).size();
    return g.add(
        g.matMul(
            x, g.parameter(name + ".weight", Initializer.glorot(inputs, width), inputs, width)),
        g.parameter(name + ".bias", Initializer.zeros(), width));
  }
}
