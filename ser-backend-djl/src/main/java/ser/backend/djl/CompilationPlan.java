package ser.backend.djl;

import java.util.EnumSet;
import java.util.Optional;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.ScaledDotProductAttention;
import ser.graph.rewrite.ColumnConvolution;
import ser.graph.rewrite.CommonSubexpressionElimination;
import ser.graph.rewrite.Decomposition;
import ser.graph.rewrite.FusionPlan;
import ser.graph.rewrite.GradientReach;
import ser.graph.rewrite.InPlaceAnalysis;

/**
 * The decisions that code generation follows, made before the first line is written. This is the
 * one place that states which optimisation is active in inference and which in training.
 *
 * @param graph what is emitted: without the composites that PyTorch has no kernel for, and without
 *     common subexpressions
 * @param training whether the parameters are an argument and gradients are taken
 * @param kernels the kernels that the code may call
 * @param fusion nodes emitted as one call; in training only
 * @param inPlace operations that write over an operand; of the results of unary functions, in
 *     inference only
 * @param gradients the nodes through which gradients flow to the parameters
 */
record CompilationPlan(
    Graph graph,
    boolean training,
    Kernels kernels,
    FusionPlan fusion,
    InPlaceAnalysis inPlace,
    GradientReach gradients) {
  /** The height of a kernel up to which shifted images are faster than oneDNN. */
  private static final int MOST_TAPS = 9;

  /**
   * Plans a module that holds its weights. Nothing is fused: the fusions save passes on the way
   * back, and forward they are slower than operations in place.
   */
  static CompilationPlan forInference(Graph source, Kernels kernels) {
    Graph graph = lowered(source);
    return new CompilationPlan(
        graph,
        false,
        kernels,
        FusionPlan.none(),
        InPlaceAnalysis.forInference(graph),
        GradientReach.of(graph));
  }

  /**
   * Plans a module over a vector of weights. PyTorch computes the gradients of the fused forms in
   * fewer passes over memory; the channel-wise form is fast in oneDNN's layout only.
   */
  static CompilationPlan forTraining(Graph source, Kernels kernels) {
    Graph graph = lowered(source);
    EnumSet<FusionPlan.Pattern> patterns = EnumSet.of(FusionPlan.Pattern.SUM_OF_SQUARES);
    if (kernels != Kernels.PORTABLE) {
      patterns.add(FusionPlan.Pattern.CHANNEL_AFFINE);
    }
    GradientReach gradients = GradientReach.of(graph);
    return new CompilationPlan(
        graph,
        true,
        kernels,
        FusionPlan.of(graph, patterns),
        InPlaceAnalysis.forTraining(graph, gradients),
        gradients);
  }

  private static Graph lowered(Graph graph) {
    return CommonSubexpressionElimination.eliminateCommonSubexpressions(
        Decomposition.decompose(graph, ScaledDotProductAttention::matches));
  }

  /** Ways to compute a convolution. */
  enum Convolution {
    /** {@code torch.conv1d} and {@code torch.conv2d}, which every PyTorch has. */
    PORTABLE,
    /** A sum of shifted images; one channel is a bad case for oneDNN. */
    SHIFTED_SUM,
    /** oneDNN's kernel on images and weights with the channels innermost in memory. */
    CHANNELS_LAST
  }

  /** Chooses how a convolution is computed. */
  Convolution convolution(Node node, Op.Conv conv) {
    if (kernels == Kernels.PORTABLE
        || conv.strides().size() == 1
        || (kernels == Kernels.ONEDNN_UNGROUPED && conv.groups() > 1)) {
      return Convolution.PORTABLE;
    }
    // Elements of a kernel that is learned would each need a gradient of their own.
    boolean fixedKernel = !training || !gradients.reachesParameter(node, 1);
    return fixedKernel && columns(node).filter(columns -> columns.taps() <= MOST_TAPS).isPresent()
        ? Convolution.SHIFTED_SUM
        : Convolution.CHANNELS_LAST;
  }

  /** Returns the convolution along columns that a node is, if it is one. */
  Optional<ColumnConvolution> columns(Node node) {
    return ColumnConvolution.match(graph, node);
  }
}
