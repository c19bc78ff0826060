package ser.attention;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import ser.api.SerException;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.tensor.Tensor;

/**
 * The classifier around the attention. By default convolutions that downsample time, pre-norm
 * attention blocks, attentive statistics pooling (Okabe et al. 2018), and a linear layer; {@link
 * CldnnSettings} give a CLDNN.
 *
 * <p>The features of a pretrained encoder are projected instead of convolved: the vectors of its
 * layers are averaged with learnt weights, a softmax (Yang et al. 2021), and enter a linear layer.
 * In a fusion both kinds of features enter it: the convolutions' output and the mean vector of the
 * frames around each step.
 *
 * <p>For convolutions, features enter twice, as they are and with the clip's mean subtracted: the
 * first keeps the level, which is a cue to emotion, the second removes speaker and channel; {@link
 * ClipNormalization} takes the level, or the first altogether, away.
 *
 * <p>Padding does not change a clip's result. Batch normalisation (Ioffe and Szegedy 2015) computes
 * its statistics over the valid steps alone; they are states of the training graph, and parameters
 * of the inference graph.
 */
public final class Encoder {
  /**
   * Input: standardised features, float32 [batch, time, columns]: the bands, then those that are
   * projected beside them. With the amplitude envelope it is the last column, ln of the RMS, not
   * standardised.
   */
  public static final String FEATURES = "features";

  /** Input: how many frames each clip has, int64 [batch], 1 or more. */
  public static final String LENGTHS = "lengths";

  /** Input of the training graph: the probability of each class, float32 [batch, classes]. */
  public static final String TARGETS = "targets";

  /**
   * Input of the training graph with a domain classifier: the probability of each domain, float32
   * [batch, domains].
   */
  public static final String DOMAINS = "domains";

  /** Output: unnormalised log-probabilities, [batch, classes]. */
  public static final String LOGITS = "logits";

  /** Output of the inference graph: softmax of the logits, [batch, classes]. */
  public static final String PROBABILITIES = "probabilities";

  /**
   * Output of the inference graph: the attention each step received, mean over blocks, heads and
   * valid queries, [batch, steps]; sums to 1 over the clip's valid steps.
   */
  public static final String ATTENTION = "attention";

  /**
   * Output of the inference graph: the input of the last linear layer, whose outputs are the
   * logits, [batch, {@link Architecture#embeddingSize}].
   */
  public static final String EMBEDDING = "embedding";

  /**
   * Output of the diagnostics graph: the attention each step received from each head, mean over
   * valid queries, [batch, blocks · heads, steps], the heads of the first block first; sums to 1
   * over the clip's valid steps, 0 on padding.
   */
  public static final String RECEIVED = "received";

  /**
   * Output of the diagnostics graph with Focus-Attention: the centre P of each query's Gaussian
   * window in steps, [batch, blocks · heads, steps]; 0 on padding.
   */
  public static final String CENTRE = "centre";

  /**
   * Output of the diagnostics graph with Focus-Attention: the width Z of each query's Gaussian
   * window in steps, two standard deviations, [batch, blocks · heads, steps]; 0 on padding.
   */
  public static final String WIDTH = "width";

  /**
   * Output of the diagnostics graph with Calibration-Attention: the gate of each head at each step,
   * [batch, blocks · heads, steps]; 0 on padding.
   */
  public static final String GATES = "gates";

  /**
   * Output of the training graph: mean cross-entropy of the targets, and the weighted auxiliary
   * losses where there are any; a scalar shaped [1, 1].
   */
  public static final String LOSS = "loss";

  /** The last linear layer, whose outputs are the logits. */
  static final String CLASSIFIER = "classifier";

  private static final double MOMENTUM = 0.1;
  private static final double EPSILON = 1e-5;

  /** The power of silence: −100 dB, as in the features' envelope. */
  private static final double SMALLEST_POWER = 1e-10;

  /** Above the rounding of the attention of any clip. */
  private static final double SMALLEST_SUM = 1e-20;

  /** Attention and amplitude below this share count as this in the alignment loss. */
  private static final double SMALLEST_SHARE = 1e-8;

  /** The temperature of the supervised contrastive loss, that of its paper. */
  private static final double TEMPERATURE = 0.1;

  /** Of the logarithm of a clip's similarity to itself, which does not count. */
  private static final double NOT_COUNTED = -1e9;

  /** Hidden width of the domain classifier. */
  private static final int DOMAIN_HIDDEN = 64;

  private final EncoderSettings settings;
  private final boolean training;
  private final boolean alignment;
  private final GraphBuilder g;
  private final Value features; // [B, T, bands]
  private final Optional<Value> projected; // [B, T, projected], beside the convolutions
  private final Optional<Value> envelope; // [B, steps]
  private final List<SelfAttention> attentions = new ArrayList<>(); // of each block
  private final List<Value> received = new ArrayList<>(); // in each block, [B, steps]
  private Value mask;
  private Value lengths;
  private @Nullable Value embedding; // [B, 2D], once the classifier is built

  private Encoder(EncoderSettings settings, boolean training, boolean alignment) {
    this.settings = settings;
    this.training = training;
    this.alignment = alignment;
    this.g = new GraphBuilder("encoder " + settings.attention().variant());
    Value columns =
        g.input(
            FEATURES,
            TensorType.float32(
                Dim.symbol("batch"), Dim.symbol("time"), Dim.of(settings.columns())));
    this.lengths = g.input(LENGTHS, TensorType.int64(Dim.symbol("batch")));
    this.mask = g.lengthMask(lengths, Dim.symbol("time"));
    int bands = settings.bands();
    int spectral = bands + settings.projected();
    this.features = settings.columns() > bands ? g.slice(columns, 2, 0, bands) : columns;
    this.projected =
        settings.isFusion() ? Optional.of(g.slice(columns, 2, bands, spectral)) : Optional.empty();
    this.envelope =
        settings.envelope()
            ? Optional.of(envelopeOfSteps(g.slice(columns, 2, spectral, spectral + 1)))
            : Optional.empty();
  }

  /**
   * Builds the inference graph.
   *
   * @param architecture the network and its sizes
   * @return inputs {@link #FEATURES} and {@link #LENGTHS}; outputs {@link #LOGITS}, {@link
   *     #PROBABILITIES}, {@link #ATTENTION} and {@link #EMBEDDING}
   */
  public static Graph inference(Architecture architecture) {
    if (architecture instanceof CldnnSettings cldnn) {
      return Cldnn.inference(cldnn);
    }
    EncoderSettings settings = (EncoderSettings) architecture;
    Encoder encoder = new Encoder(settings, false, false);
    Value logits = encoder.classify();
    encoder.g.output(PROBABILITIES, encoder.g.softmax(logits, -1));
    return encoder.g.build();
  }

  /**
   * Builds the inference graph with the internals of its attentions as further outputs. Tensors of
   * steps × steps are computed for each block and head.
   *
   * @param architecture the network and its sizes
   * @return inputs {@link #FEATURES} and {@link #LENGTHS} and parameters of the inference graph;
   *     outputs {@link #LOGITS}, {@link #PROBABILITIES}, {@link #ATTENTION}, {@link #EMBEDDING} and
   *     {@link #RECEIVED}, and where every block has them {@link #CENTRE}, {@link #WIDTH} and
   *     {@link #GATES}
   */
  public static Graph diagnostics(Architecture architecture) {
    if (architecture instanceof CldnnSettings cldnn) {
      return Cldnn.diagnostics(cldnn);
    }
    EncoderSettings settings = (EncoderSettings) architecture;
    Encoder encoder = new Encoder(settings, false, false);
    GraphBuilder g = encoder.g;
    Value logits = encoder.classify();
    g.output(PROBABILITIES, g.softmax(logits, -1));
    encoder.outputOfHeads(
        RECEIVED, attention -> Optional.of(encoder.receivedByHead(attention.weights())));
    encoder.outputOfHeads(CENTRE, attention -> attention.centre().map(encoder::withoutPadding));
    encoder.outputOfHeads(WIDTH, attention -> attention.width().map(encoder::withoutPadding));
    encoder.outputOfHeads(
        GATES,
        attention ->
            attention.gates().map(gates -> encoder.withoutPadding(g.transpose(gates, 0, 2, 1))));
    return g.build();
  }

  /**
   * Builds the training graph.
   *
   * @param architecture the network and its sizes
   * @return inputs {@link #FEATURES}, {@link #LENGTHS} and {@link #TARGETS}; outputs {@link
   *     #LOGITS}, {@link #LOSS} and the states of the normalisations
   */
  public static Graph training(Architecture architecture) {
    return training(architecture, LossWeights.none(), 0);
  }

  /**
   * Builds the training graph with auxiliary losses.
   *
   * <p><b>Alignment.</b> With â_j the share of step j in the clip's amplitude, RMS_j / Σ RMS over
   * the valid steps, and r_j the attention that it receives ({@link #ATTENTION}), the alignment
   * loss is the mean over clips of the Kullback-Leibler divergence
   *
   * <pre>
   * D(â ‖ r) = Σ_j â_j · ln(â_j / r_j)
   * </pre>
   *
   * <p>It is 0 where the attention is proportional to the amplitude.
   *
   * <p><b>Supervised contrast</b> (Khosla et al. 2020, equation 2). With z_i the {@link #EMBEDDING}
   * of clip i divided by its length, and y_i its targets, the loss is the mean over the clips of a
   * batch of
   *
   * <pre>
   * −Σ_j p_ij · ln( exp(z_i·z_j / 0.1) / Σ_k exp(z_i·z_k / 0.1) ),   p_ij = y_i·y_j / Σ_k y_i·y_k
   * </pre>
   *
   * <p>with j and k over the other clips: with plain targets p_ij is shared by the clips of the
   * same class, with mixed ones by how much the classes have in common.
   *
   * <p><b>Center</b> (Wen et al. 2016, equation 2). With e_i the {@link #EMBEDDING} of clip i and
   * c_k the learnt center of class k, the loss is the mean over the clips of a batch of
   *
   * <pre>
   * ½ · ‖e_i − Σ_k y_ik · c_k‖²
   * </pre>
   *
   * <p><b>Domain-adversarial training</b> (Ganin et al. 2016). A classifier of one hidden layer
   * learns to tell the domain of a clip, such as its speaker, from its embedding; the gradient of
   * its cross-entropy reaches the encoder reversed, multiplied by −weight, so that the embedding
   * loses what tells the domains apart. Its cross-entropy is a part of the loss with the factor 1.
   *
   * @param architecture the network and its sizes, with the envelope for the alignment loss
   * @param weights factors of the auxiliary losses
   * @param domains number of domains of the domain classifier, 2 or more; without effect where the
   *     weight of the adversarial loss is 0
   * @return inputs {@link #FEATURES}, {@link #LENGTHS} and {@link #TARGETS}, and {@link #DOMAINS}
   *     where there is a domain classifier; outputs {@link #LOGITS}, {@link #LOSS} and the states
   *     of the normalisations. The parameters of the inference graph, and those of the losses
   * @throws SerException when the envelope is needed and not among the features, there are fewer
   *     than two domains, or the architecture has no such losses
   */
  public static Graph training(Architecture architecture, LossWeights weights, int domains) {
    if (weights.alignment() != 0 && !architecture.envelope()) {
      throw new SerException(
          "The alignment loss needs the amplitude envelope; expected features with it");
    }
    if (weights.adversarial() != 0 && domains < 2) {
      throw new SerException(
          "Domain-adversarial training needs two domains or more, found " + domains);
    }
    if (architecture instanceof CldnnSettings cldnn) {
      if (weights.needsEmbedding()) {
        throw new SerException(
            "A CLDNN has no contrastive, center or adversarial loss; expected the weight 0");
      }
      return Cldnn.training(cldnn);
    }
    EncoderSettings settings = (EncoderSettings) architecture;
    Encoder encoder = new Encoder(settings, true, weights.alignment() != 0);
    GraphBuilder g = encoder.g;
    Value logits = encoder.classify();
    Value targets = g.input(TARGETS, logits.type());
    Value loss = Layers.crossEntropy(g, logits, targets);
    if (weights.alignment() != 0) {
      loss = g.add(loss, g.scale(encoder.alignmentLoss(), weights.alignment()));
    }
    if (weights.contrastive() != 0) {
      loss = g.add(loss, g.scale(encoder.contrastiveLoss(targets), weights.contrastive()));
    }
    if (weights.center() != 0) {
      loss = g.add(loss, g.scale(encoder.centerLoss(targets), weights.center()));
    }
    if (weights.adversarial() != 0) {
      loss = g.add(loss, encoder.domainLoss(weights.adversarial(), domains));
    }
    g.output(LOSS, loss);
    return g.build();
  }

  /**
   * Divides the logits of a model by a number: weights and bias of its last layer.
   *
   * @param weights of the inference graph of any architecture, by name
   * @param divisor of the logits, such as a temperature
   * @return the weights of the changed model
   */
  public static Map<String, Tensor> withDividedLogits(Map<String, Tensor> weights, double divisor) {
    Map<String, Tensor> divided = new LinkedHashMap<>(weights);
    for (String part : List.of(".weight", ".bias")) {
      String name = CLASSIFIER + part;
      Tensor tensor = Objects.requireNonNull(weights.get(name), name);
      float[] values = tensor.floats().clone();
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (values[i] / divisor);
      }
      divided.put(name, Tensor.of(values, tensor.shape()));
    }
    return divided;
  }

  /** Mean over clips of D(â ‖ r), [1, 1]. */
  private Value alignmentLoss() {
    Value amplitude = g.mul(g.unary(Op.UnaryFunction.EXP, envelope.orElseThrow()), mask);
    Value share = g.div(amplitude, g.max(g.sum(amplitude, 1), g.constant(SMALLEST_SHARE)));
    Value ratio = g.sub(logShare(share), logShare(attentionOfBlocks()));
    return g.reduce(Op.Reduction.MEAN, g.sum(g.mul(share, ratio), 1), 0);
  }

  /** Mean over clips of the supervised contrastive loss, [1, 1]. */
  private Value contrastiveLoss(Value targets) {
    Value all = embedding();
    Value length = g.sqrt(g.add(g.sum(g.square(all), 1), g.constant(SMALLEST_SUM)));
    Value unit = g.div(all, length);
    Dim batch = all.dim(0);
    Value number = g.range(batch);
    Value self =
        g.compare(
            Op.Comparison.EQUAL,
            g.reshape(number, batch, Dim.of(1)),
            g.reshape(number, Dim.of(1), batch));
    Value similarity = g.scale(g.matMul(unit, g.transpose(unit, 1, 0)), 1 / TEMPERATURE);
    Value logarithm = g.logSoftmax(g.add(similarity, g.scale(self, NOT_COUNTED)), -1);
    Value others = g.sub(g.constant(1), self);
    Value common = g.mul(g.matMul(targets, g.transpose(targets, 1, 0)), others);
    Value sum = g.max(g.sum(common, 1), g.constant(SMALLEST_SHARE)); // a class may be alone
    Value ofClips = g.div(g.sum(g.mul(common, g.mul(logarithm, others)), 1), sum);
    return g.scale(g.reduce(Op.Reduction.MEAN, ofClips, 0), -1);
  }

  /** Mean over clips of half the squared distance to the centers of their targets, [1, 1]. */
  private Value centerLoss(Value targets) {
    Value centers =
        g.parameter(
            "center.centers", Initializer.zeros(), settings.classes(), settings.embeddingSize());
    Value distance = g.sub(embedding(), g.matMul(targets, centers));
    return g.scale(g.reduce(Op.Reduction.MEAN, g.sum(g.square(distance), 1), 0), 0.5);
  }

  /** Cross-entropy of a domain classifier behind a gradient reversal, [1, 1]. */
  private Value domainLoss(double weight, int domains) {
    Value reversed = g.scaleGradient(embedding(), -weight);
    Value hidden = g.relu(Layers.linear(g, "domain.hidden", reversed, DOMAIN_HIDDEN));
    Value logits = Layers.linear(g, "domain.classifier", hidden, domains);
    return Layers.crossEntropy(g, logits, g.input(DOMAINS, logits.type()));
  }

  private Value embedding() {
    return Objects.requireNonNull(embedding, "the classifier");
  }

  private Value logShare(Value share) {
    return g.unary(Op.UnaryFunction.LOG, g.max(share, g.constant(SMALLEST_SHARE)));
  }

  /** The attention that each step receives, mean over blocks, [B, steps]. */
  private Value attentionOfBlocks() {
    Value all = received.stream().reduce(g::add).orElseThrow();
    return g.scale(all, 1.0 / settings.blocks());
  }

  private Value classify() {
    Value x = frontEnd();
    for (int block = 0; block < settings.blocks(); block++) {
      x = block("block" + block, x);
    }
    Value pooled = statisticsPooling(Layers.layerNorm(g, "final.norm", x));
    embedding = pooled;
    Value logits =
        Layers.linear(
            g, CLASSIFIER, g.dropout(pooled, settings.classifierDropout()), settings.classes());
    g.output(LOGITS, logits);
    if (!training) {
      g.output(ATTENTION, attentionOfBlocks());
      g.output(EMBEDDING, pooled);
    }
    return logits;
  }

  /**
   * ln of the RMS of each step from that of each frame, [B, T, 1] to [B, steps]: over the valid
   * frames from half a step before the step's centre to half a step behind it.
   */
  private Value envelopeOfSteps(Value frames) {
    int size = settings.framesPerStep();
    if (size == 1) {
      return g.reshape(frames, mask.dim(0), mask.dim(1));
    }
    Value levels = g.reshape(frames, mask.dim(0), Dim.of(1), mask.dim(1));
    Value mean = meanOfSteps(g.unary(Op.UnaryFunction.EXP, g.scale(g.mul(levels, maskRow()), 2)));
    Value rms =
        g.scale(g.unary(Op.UnaryFunction.LOG, g.max(mean, g.constant(SMALLEST_POWER))), 0.5);
    return g.reshape(rms, mask.dim(0), rms.dim(2));
  }

  /**
   * The mean over the valid frames from half a step before each step's centre to half a step behind
   * it, [B, ·, T] to [B, ·, steps].
   */
  private Value meanOfSteps(Value frames) {
    int size = settings.framesPerStep();
    Op.Pool pool =
        new Op.Pool(Op.Pooling.AVERAGE, List.of(size + 1), List.of(size), List.of(size / 2));
    Value valid = maskRow();
    // Both averages count padding as zeros: their ratio is the mean over the valid frames.
    return g.div(g.pool(pool, g.mul(frames, valid)), g.max(g.pool(pool, valid), g.constant(1e-6)));
  }

  /** The mask as [B, 1, T]. */
  private Value maskRow() {
    return g.reshape(mask, mask.dim(0), Dim.of(1), mask.dim(1));
  }

  /** [B, T, columns] to [B, steps, D]. Mask and lengths are downsampled too. */
  private Value frontEnd() {
    int width = settings.attention().width();
    Value steps =
        settings.isProjection()
            ? meanOfLayers(features)
            : projected.map(this::fusion).orElseGet(this::convolutions);
    Value vectors =
        Layers.layerNorm(g, "projection.norm", Layers.linear(g, "projection", steps, width));
    return g.dropout(vectors, settings.blockDropout());
  }

  /** The convolutions' output and, behind it, the mean projected vector of each step. */
  private Value fusion(Value beside) {
    Value ofFrames = g.transpose(meanOfLayers(beside), 0, 2, 1);
    Value ofSteps = g.transpose(meanOfSteps(ofFrames), 0, 2, 1); // by the mask of the frames
    return g.concat(2, convolutions(), ofSteps);
  }

  /** The mean of the layers' vectors in each frame, by learnt weights: [B, T, width of one]. */
  private Value meanOfLayers(Value all) {
    Value column = Layers.column(g, mask);
    Value valid = g.mul(all, column);
    Value frames =
        settings.normalization() == ClipNormalization.CHANNEL
            ? g.mul(g.sub(valid, meanOfFrames(valid, column)), column)
            : valid;
    int layers = settings.layers();
    if (layers == 1) {
      return frames;
    }
    long width = all.dim(2).size() / layers;
    Value shares =
        g.softmax(
            g.reshape(
                g.parameter("layers.weight", Initializer.zeros(), layers),
                Dim.of(1),
                Dim.of(layers)),
            -1);
    Value byLayer = g.reshape(frames, frames.dim(0), frames.dim(1), Dim.of(layers), Dim.of(width));
    Value weighted =
        g.mul(byLayer, g.reshape(shares, Dim.of(1), Dim.of(1), Dim.of(layers), Dim.of(1)));
    return g.reshape(g.sum(weighted, 2), frames.dim(0), frames.dim(1), Dim.of(width));
  }

  /** The mean over a clip's frames, [B, 1, bands], of features that are 0 on padding. */
  private Value meanOfFrames(Value valid, Value column) {
    return g.div(g.sum(valid, 1), g.max(g.sum(column, 1), g.constant(1)));
  }

  /** [B, T, bands] to [B, steps, channels · bands]. */
  private Value convolutions() {
    Value column = Layers.column(g, mask);
    Value valid = g.mul(features, column);
    Value mean = meanOfFrames(valid, column);
    Value centred = g.mul(g.sub(valid, mean), column);
    boolean absolute = settings.normalization() == ClipNormalization.NONE;
    // The regression takes what lies beyond a clip as 0, which tells the level at its ends.
    Value delta = g.mul(deltaFeatures(asChannel(absolute ? valid : centred)), spatialMask());
    Value x =
        switch (settings.normalization()) {
          case NONE -> g.concat(1, asChannel(valid), asChannel(centred), delta); // [B, 3, T, bands]
          case LEVEL -> g.concat(1, asChannel(levelled(valid, mean)), asChannel(centred), delta);
          case CHANNEL -> g.concat(1, asChannel(centred), delta); // [B, 2, T, bands]
        };
    for (int layer = 0; layer < settings.channels().size(); layer++) {
      x = convolution(layer, x);
    }
    long channels = x.dim(1).size();
    long bands = x.dim(3).size();
    return g.reshape(
        g.transpose(x, 0, 2, 3, 1), x.dim(0), x.dim(2), Dim.of(channels * bands)); // [B, T, ·]
  }

  /** Subtracts the mean over valid frames and bands, from the bands' means: [B, T, bands]. */
  private Value levelled(Value valid, Value mean) {
    Value level = g.reduce(Op.Reduction.MEAN, mean, 2);
    return g.mul(g.sub(valid, level), Layers.column(g, mask));
  }

  /** Delta features (Furui 1986), the regression over five frames, scaled by 2. */
  private Value deltaFeatures(Value x) {
    Value kernel = g.scale(g.sub(g.range(Dim.of(5)), g.constant(2)), 0.2);
    Op.Conv alongTime = new Op.Conv(List.of(1, 1), List.of(2, 0), List.of(1, 1), 1);
    return g.conv(alongTime, x, g.reshape(kernel, Dim.of(1), Dim.of(1), Dim.of(5), Dim.of(1)));
  }

  private static Value asChannel(Value x) {
    return x.builder().reshape(x, x.dim(0), Dim.of(1), x.dim(1), x.dim(2));
  }

  /** Convolution, batch normalisation, ReLU, max pooling. The stem also halves time and bands. */
  private Value convolution(int layer, Value x) {
    int size = layer == 0 ? 5 : 3;
    int stride = layer == 0 ? 2 : 1;
    long inputs = x.dim(1).size();
    long outputs = settings.channels().get(layer);
    Op.Conv conv =
        new Op.Conv(List.of(stride, stride), List.of(size / 2, size / 2), List.of(1, 1), 1);
    String name = "conv" + layer;
    Value weight =
        g.parameter(
            name + ".weight", Initializer.he(inputs * size * size), outputs, inputs, size, size);
    downsample(stride, x.dim(2).plus(stride - 1).floorDivide(stride));
    Value normal =
        training ? normalised(name, g.conv(conv, x, weight)) : folded(name, conv, x, weight);
    int timeStride = settings.timeStrides().get(layer);
    // Over time the window is centred on a step, so that an odd length loses nothing. What lies
    // beyond a clip is 0, which never exceeds a rectified step. Rectifying, and clearing what no
    // window mixes, commute with the largest of a window, of which there are fewer than elements.
    boolean downsamples = timeStride == 2;
    Value masked = downsamples ? g.mul(normal, spatialMask()) : normal;
    Op.Pool pool =
        new Op.Pool(
            Op.Pooling.MAX,
            List.of(downsamples ? 3 : 1, 2),
            List.of(timeStride, 2),
            List.of(downsamples ? 1 : 0, 0));
    Value pooled = g.relu(g.pool(pool, masked));
    downsample(timeStride, pooled.dim(2));
    return g.mul(pooled, spatialMask());
  }

  /** Downsamples lengths and mask by a stride, rounding up. */
  private void downsample(int stride, Dim steps) {
    if (stride > 1) {
      lengths = g.div(g.add(lengths, g.int64(stride - 1)), g.int64(stride));
      mask = g.lengthMask(lengths, steps);
    }
  }

  /** [B, T] to [B, 1, T, 1]. */
  private Value spatialMask() {
    return g.reshape(mask, mask.dim(0), Dim.of(1), mask.dim(1), Dim.of(1));
  }

  /** Batch normalisation by the valid steps' statistics; updates the running statistics. */
  private Value normalised(String name, Value x) {
    long channels = x.dim(1).size();
    Value steps = spatialMask();
    Value count = g.max(g.scale(g.sum(steps, 0, 1, 2, 3), (double) x.dim(3).size()), g.constant(1));
    Value valid = g.mul(x, steps);
    Value mean = g.div(g.sum(valid, 0, 2, 3), count); // [1, C, 1, 1]
    Value variance =
        g.max(g.sub(g.div(g.sum(g.square(valid), 0, 2, 3), count), g.square(mean)), g.constant(0));
    updateRunning(g.state(name + ".norm.mean", 0, channels), mean);
    updateRunning(g.state(name + ".norm.variance", 1, channels), variance);
    Value factor = g.div(perChannel(gain(name, channels)), standardDeviation(variance));
    Value offset = g.sub(perChannel(bias(name, channels)), g.mul(mean, factor));
    return g.add(g.mul(valid, factor), offset);
  }

  /** Exponential moving average of a batch statistic. */
  private void updateRunning(Value state, Value batchStatistic) {
    Value flat = g.reshape(batchStatistic, state.dim(0));
    g.update(state, g.add(g.scale(state, 1 - MOMENTUM), g.scale(flat, MOMENTUM)));
  }

  /** Batch normalisation folded into the convolution's weights, for inference. */
  private Value folded(String name, Op.Conv conv, Value x, Value weight) {
    long channels = weight.dim(0).size();
    Value mean = g.parameter(name + ".norm.mean", Initializer.zeros(), channels);
    Value variance = g.parameter(name + ".norm.variance", Initializer.ones(), channels);
    Value factor = g.div(gain(name, channels), standardDeviation(variance)); // [C]
    Value scaled =
        g.mul(weight, g.reshape(factor, Dim.of(channels), Dim.of(1), Dim.of(1), Dim.of(1)));
    return g.conv(conv, x, scaled, g.sub(bias(name, channels), g.mul(mean, factor)));
  }

  private Value gain(String name, long channels) {
    return g.parameter(name + ".norm.gain", Initializer.ones(), channels);
  }

  private Value bias(String name, long channels) {
    return g.parameter(name + ".norm.bias", Initializer.zeros(), channels);
  }

  private Value standardDeviation(Value variance) {
    return g.sqrt(g.add(variance, g.constant(EPSILON)));
  }

  private Value perChannel(Value x) {
    return g.reshape(x, Dim.of(1), x.dim(0), Dim.of(1), Dim.of(1));
  }

  /** A pre-norm block (Xiong et al. 2020): x + attention(norm(x)), then x + MLP(norm(x)). */
  private Value block(String name, Value x) {
    double dropout = settings.blockDropout();
    SelfAttention attention =
        SelfAttention.build(
            g,
            settings.attention(),
            name + ".attention",
            Layers.layerNorm(g, name + ".attention.norm", x),
            mask,
            envelope);
    attentions.add(attention);
    if (!training || alignment) {
      received.add(attentionReceived(attention.weights()));
    }
    Value attended = g.add(x, g.dropout(attention.output(), dropout));
    Value hidden =
        g.unary(
            Op.UnaryFunction.GELU,
            Layers.linear(
                g,
                name + ".hidden",
                Layers.layerNorm(g, name + ".hidden.norm", attended),
                settings.feedForward()));
    Value widened =
        Layers.linear(
            g, name + ".output", g.dropout(hidden, dropout), settings.attention().width());
    return g.add(attended, g.dropout(widened, dropout));
  }

  /** [B, H, T, T] to [B, T]: the mean over heads and valid queries. */
  private Value attentionReceived(Value weights) {
    Value queries = g.reshape(mask, mask.dim(0), Dim.of(1), mask.dim(1), Dim.of(1));
    Value total = g.sum(g.mul(weights, queries), 1, 2); // [B, 1, 1, T]
    if (settings.attention().gatesMaps()) {
      return g.mul(g.reshape(shares(total), mask.dim(0), mask.dim(1)), mask);
    }
    Value count = g.scale(g.max(g.sum(mask, 1), g.constant(1)), settings.attention().heads());
    return g.mul(g.div(g.reshape(total, mask.dim(0), mask.dim(1)), count), mask);
  }

  /** Attention in shares of its sum over steps, where gated maps have rows that do not sum to 1. */
  private Value shares(Value total) {
    return g.div(total, g.max(g.sum(total, 3), g.constant(SMALLEST_SUM)));
  }

  /** Outputs a value of every block's attention, each [B, H, T], if every block has it. */
  private void outputOfHeads(String name, Function<SelfAttention, Optional<Value>> value) {
    List<Value> blocks = attentions.stream().map(value).flatMap(Optional::stream).toList();
    if (blocks.size() == attentions.size()) {
      g.output(
          name, blocks.size() == 1 ? blocks.get(0) : g.concat(1, blocks.toArray(Value[]::new)));
    }
  }

  /** [B, H, T, T] to [B, H, T]: the mean over valid queries. */
  private Value receivedByHead(Value weights) {
    Value total = g.sum(g.mul(weights, spatialMask()), 2); // [B, H, 1, T]
    if (settings.attention().gatesMaps()) {
      return withoutPadding(shares(total));
    }
    Value count = g.max(g.sum(spatialMask(), 2), g.constant(1)); // [B, 1, 1, 1]
    return withoutPadding(g.div(total, count));
  }

  /** [B, H, T] with any dimensions of 1 among them to [B, H, T], 0 on padding. */
  private Value withoutPadding(Value x) {
    Dim heads = Dim.of(settings.attention().heads());
    Value flat = g.reshape(x, mask.dim(0), heads, mask.dim(1));
    return g.mul(flat, g.reshape(mask, mask.dim(0), Dim.of(1), mask.dim(1)));
  }

  /**
   * Attentive statistics pooling: mean and standard deviation over time, with attention weights of
   * its own for each channel: [B, T, D] to [B, 2D].
   */
  private Value statisticsPooling(Value x) {
    Dim batch = x.dim(0);
    long width = x.dim(2).size();
    Value column = Layers.column(g, mask);
    // No bias: softmax over time ignores what is the same at all steps.
    Value scores =
        Layers.linearWithoutBias(
            g,
            "pooling.score",
            g.tanh(Layers.linear(g, "pooling.hidden", x, settings.poolingHidden())),
            width);
    Value weights = g.softmax(g.add(scores, Layers.additiveMask(g, column)), 1);
    Value mean = g.sum(g.mul(weights, x), 1); // [B, 1, D]
    Value variance = g.sum(g.mul(weights, g.square(g.sub(x, mean))), 1);
    Value standardDeviation = standardDeviation(variance);
    return g.reshape(g.concat(2, mean, standardDeviation), batch, Dim.of(2 * width));
  }
}
