package ser.attention;

import java.util.List;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;

/**
 * The network of the voice activity detector: residual convolutions over time with growing dilation
 * (as in temporal convolutional networks, Bai et al. 2018), which classify each frame as speech or
 * not from the {@value #CONTEXT} frames before and behind it. Padding does not change a result.
 */
public final class VadNetwork {
  /** Input: log-mel features, not standardised, float32 [batch, time, bands]. */
  public static final String FEATURES = "features";

  /** Input: how many frames each clip has, int64 [batch]. */
  public static final String LENGTHS = "lengths";

  /** Input of the training graph: 1 for a frame of speech, otherwise 0, float32 [batch, time]. */
  public static final String SPEECH = "speech";

  /** Output of the inference graph: the probability of speech in each frame, [batch, time]. */
  public static final String PROBABILITY = "probability";

  /** Output of the training graph: mean cross-entropy of the valid frames, [1, 1]. */
  public static final String LOSS = "loss";

  /** The frames before and behind a frame that its probability depends on. */
  public static final int CONTEXT = 126;

  private static final int CHANNELS = 32;
  private static final int KERNEL = 5;
  private static final List<Integer> DILATIONS = List.of(2, 4, 8, 16, 32);

  /** Rough mean and deviation of log-mel features, which centre the input. */
  private static final double MEAN = -8;

  private static final double DEVIATION = 4;

  private final GraphBuilder g = new GraphBuilder("voice activity");
  private final Value mask; // [B, T]
  private final Value logits; // [B, 2, T]

  private VadNetwork(int bands) {
    Dim batch = Dim.symbol("batch");
    Dim time = Dim.symbol("time");
    Value features = g.input(FEATURES, TensorType.float32(batch, time, Dim.of(bands)));
    Value lengths = g.input(LENGTHS, TensorType.int64(batch));
    this.mask = g.lengthMask(lengths, time);
    Value valid = g.reshape(mask, batch, Dim.of(1), time);
    Value centred = g.scale(g.sub(features, g.constant(MEAN)), 1 / DEVIATION);
    Value x = g.mul(g.transpose(centred, 0, 2, 1), valid);
    x = g.mul(g.relu(convolution("input", x, CHANNELS, 1)), valid);
    for (int layer = 0; layer < DILATIONS.size(); layer++) {
      Value change = g.relu(convolution("block" + layer, x, CHANNELS, DILATIONS.get(layer)));
      x = g.mul(g.add(x, change), valid);
    }
    Op.Conv pointwise = Op.Conv.of(1);
    this.logits =
        g.conv(
            pointwise,
            x,
            g.parameter("output.weight", Initializer.glorot(CHANNELS, 2), 2, CHANNELS, 1),
            g.parameter("output.bias", Initializer.zeros(), 2));
  }

  private Value convolution(String name, Value x, int channels, int dilation) {
    long inputs = x.dim(1).size();
    Op.Conv conv = new Op.Conv(List.of(1), List.of(KERNEL / 2 * dilation), List.of(dilation), 1);
    return g.conv(
        conv,
        x,
        g.parameter(name + ".weight", Initializer.he(inputs * KERNEL), channels, inputs, KERNEL),
        g.parameter(name + ".bias", Initializer.zeros(), channels));
  }

  /**
   * Builds the inference graph.
   *
   * @param bands of the log-mel features
   * @return inputs {@link #FEATURES} and {@link #LENGTHS}; output {@link #PROBABILITY}
   */
  public static Graph inference(int bands) {
    VadNetwork network = new VadNetwork(bands);
    GraphBuilder g = network.g;
    Value probability = g.slice(g.softmax(network.logits, 1), 1, 1, 2);
    g.output(
        PROBABILITY,
        g.mul(g.reshape(probability, network.mask.dim(0), network.mask.dim(1)), network.mask));
    return g.build();
  }

  /**
   * Builds the training graph.
   *
   * @param bands of the log-mel features
   * @return inputs {@link #FEATURES}, {@link #LENGTHS} and {@link #SPEECH}; output {@link #LOSS}
   */
  public static Graph training(int bands) {
    VadNetwork network = new VadNetwork(bands);
    GraphBuilder g = network.g;
    Value mask = network.mask;
    Value speech = g.input(SPEECH, mask.type());
    Value other = g.sub(g.constant(1), speech);
    Dim batch = mask.dim(0);
    Dim time = mask.dim(1);
    Value logarithm = g.logSoftmax(network.logits, 1);
    Value likelihood =
        g.add(
            g.mul(other, g.reshape(g.slice(logarithm, 1, 0, 1), batch, time)),
            g.mul(speech, g.reshape(g.slice(logarithm, 1, 1, 2), batch, time)));
    Value sum = g.sum(g.sum(g.mul(likelihood, mask), 1), 0);
    g.output(LOSS, g.scale(g.div(sum, g.sum(g.sum(mask, 1), 0)), -1));
    return g.build();
  }
}
