package ser.graph.rewrite;

import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphException;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.OpVisitor;

/**
 * Gradient reach: the nodes of a graph from which a gradient reaches a parameter. Gradients flow
 * through all operands, except through comparisons, conversions, the condition of {@link Op.Where}
 * and the lengths of {@link Op.Lstm} and {@link Op.LengthMask}.
 */
public final class GradientReach {
  private final BitSet reaching;

  private GradientReach(BitSet reaching) {
    this.reaching = reaching;
  }

  /**
   * Analyses a graph.
   *
   * @param graph any graph; composites are followed into their bodies
   * @return its gradient reach
   */
  public static GradientReach of(Graph graph) {
    return new GradientReach(dependents(graph, node -> node.op() instanceof Op.Parameter));
  }

  /**
   * Returns whether an operation is differentiable by one of its operands.
   *
   * @param op the operation
   * @param operand the operand's place, counted from 0
   * @return whether the gradient by the result determines one by the operand; where not, the
   *     operand receives none, and parameters behind it a gradient of 0
   */
  public static boolean isDifferentiable(Op op, int operand) {
    return op.accept(DIFFERENTIABLE, operand);
  }

  /**
   * Returns whether a gradient by a node's result reaches a parameter.
   *
   * @param node a node of the graph
   * @return whether a parameter's gradient depends on the gradient by the node
   */
  public boolean reachesParameter(Node node) {
    return reaching.get(node.id());
  }

  /**
   * Returns whether a gradient by a node's result reaches a parameter through one of its operands.
   *
   * @param node a node of the graph
   * @param operand the operand's place, counted from 0
   * @return whether the gradient by that operand has to be computed
   */
  public boolean reachesParameter(Node node, int operand) {
    return reaching.get(node.operands().get(operand)) && isDifferentiable(node.op(), operand);
  }

  /**
   * Returns the parameters that an output's gradient reaches; all others have a gradient of 0.
   *
   * @param graph any graph
   * @param output the name of an output, such as the loss
   * @return the parameters' names, in the graph's order
   * @throws GraphException when the graph has no such output
   */
  public static Set<String> parametersReachedFrom(Graph graph, String output) {
    Graph selected = graph.select(output);
    GradientReach reach = of(selected);
    BitSet reached = new BitSet();
    selected.outputs().values().forEach(node -> reached.set(node.id()));
    for (int id = selected.nodes().size() - 1; id >= 0; id--) {
      Node node = selected.nodes().get(id);
      for (int i = 0; reached.get(id) && i < node.operands().size(); i++) {
        if (reach.reachesParameter(node, i)) {
          reached.set(node.operands().get(i));
        }
      }
    }
    Set<String> names = new LinkedHashSet<>();
    for (Node node : selected.nodes()) {
      if (reached.get(node.id()) && node.op() instanceof Op.Parameter parameter) {
        names.add(parameter.name());
      }
    }
    return names;
  }

  /** The sources, and the nodes that depend on one of them through differentiable operands. */
  private static BitSet dependents(Graph graph, Predicate<Node> isSource) {
    BitSet dependent = new BitSet(graph.nodes().size());
    for (Node node : graph.nodes()) {
      boolean depends = isSource.test(node);
      for (int i = 0; !depends && i < node.operands().size(); i++) {
        depends = dependent.get(node.operands().get(i)) && isDifferentiable(node.op(), i);
      }
      dependent.set(node.id(), depends);
    }
    return dependent;
  }

  private static final OpVisitor<Integer, Boolean> DIFFERENTIABLE = new Differentiability();

  /** For each operation and operand, whether gradients flow through. */
  private static final class Differentiability implements OpVisitor<Integer, Boolean> {
    @Override
    public Boolean visitInput(Op.Input op, Integer operand) {
      return false;
    }

    @Override
    public Boolean visitParameter(Op.Parameter op, Integer operand) {
      return false;
    }

    @Override
    public Boolean visitState(Op.State op, Integer operand) {
      return false;
    }

    @Override
    public Boolean visitConstant(Op.Constant op, Integer operand) {
      return false;
    }

    @Override
    public Boolean visitRange(Op.Range op, Integer operand) {
      return false;
    }

    @Override
    public Boolean visitUnary(Op.Unary op, Integer operand) {
      return true;
    }

    @Override
    public Boolean visitBinary(Op.Binary op, Integer operand) {
      return true;
    }

    @Override
    public Boolean visitCompare(Op.Compare op, Integer operand) {
      return false;
    }

    @Override
    public Boolean visitWhere(Op.Where op, Integer operand) {
      // The condition chooses; it has no slope.
      return operand > 0;
    }

    @Override
    public Boolean visitCast(Op.Cast op, Integer operand) {
      return false;
    }

    @Override
    public Boolean visitDropout(Op.Dropout op, Integer operand) {
      return true;
    }

    @Override
    public Boolean visitMatMul(Op.MatMul op, Integer operand) {
      return true;
    }

    @Override
    public Boolean visitReduce(Op.Reduce op, Integer operand) {
      return true;
    }

    @Override
    public Boolean visitSoftmax(Op.Softmax op, Integer operand) {
      return true;
    }

    @Override
    public Boolean visitLogSoftmax(Op.LogSoftmax op, Integer operand) {
      return true;
    }

    @Override
    public Boolean visitReshape(Op.Reshape op, Integer operand) {
      return true;
    }

    @Override
    public Boolean visitTranspose(Op.Transpose op, Integer operand) {
      return true;
    }

    @Override
    public Boolean visitSlice(Op.Slice op, Integer operand) {
      return true;
    }

    @Override
    public Boolean visitConcat(Op.Concat op, Integer operand) {
      return true;
    }

    @Override
    public Boolean visitConv(Op.Conv op, Integer operand) {
      return true;
    }

    @Override
    public Boolean visitPool(Op.Pool op, Integer operand) {
      return true;
    }

    @Override
    public Boolean visitLayerNorm(Op.LayerNorm op, Integer operand) {
      return true;
    }

    @Override
    public Boolean visitLstm(Op.Lstm op, Integer operand) {
      return operand < 4; // The lengths are whole numbers.
    }

    @Override
    public Boolean visitLengthMask(Op.LengthMask op, Integer operand) {
      return false;
    }

    @Override
    public Boolean visitComposite(Op.Composite op, Integer operand) {
      List<Node> inputs = op.body().inputs();
      Node result = op.body().outputs().values().iterator().next();
      return dependents(op.body(), inputs.get(operand)::equals).get(result.id());
    }
  }
}
