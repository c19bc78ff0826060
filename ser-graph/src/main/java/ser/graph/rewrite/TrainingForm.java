package ser.graph.rewrite;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphException;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.ir.TensorType;
import ser.graph.ir.Value;
import ser.graph.tensor.Tensor;

/**
 * A training graph in the form that backends take: dropouts are products with masks, and states are
 * inputs, both of which the training session supplies. Every backend then drops the same elements,
 * in any number of threads, and a step can be repeated exactly.
 */
public final class TrainingForm {
  private final Graph source;
  private final Graph form;
  private final List<Mask> masks;

  private record Mask(String input, TensorType type, double probability) {}

  private TrainingForm(Graph source, Graph form, List<Mask> masks) {
    this.source = source;
    this.form = form;
    this.masks = List.copyOf(masks);
  }

  /**
   * Converts a training graph.
   *
   * @param source a graph with dropouts and states
   * @return its form for backends
   */
  public static TrainingForm of(Graph source) {
    List<Mask> masks = new ArrayList<>();
    Graph exposed = DropoutRemoval.exposeDropouts(source);
    Graph form =
        exposed.rewrite(
            (builder, node, operands) -> {
              if (node.op() instanceof Op.State state) {
                return Optional.of(builder.input(stateInput(state.name()), state.type()));
              }
              if (!(node.op() instanceof Op.Dropout dropout)) {
                return Optional.empty();
              }
              Value x = operands.get(0);
              Mask mask =
                  new Mask("dropout:" + masks.size(), maskType(dropout, x), dropout.probability());
              masks.add(mask);
              return Optional.of(builder.mul(x, builder.input(mask.input, mask.type)));
            });
    return new TrainingForm(source, form, masks);
  }

  /** One element for each decision: the operand's shape, with size 1 along shared axes. */
  private static TensorType maskType(Op.Dropout dropout, Value x) {
    return dropout.sharedAxes().isEmpty()
        ? x.type()
        : new Op.Reduce(Op.Reduction.SUM, dropout.sharedAxes()).infer(List.of(x.type()));
  }

  private static String stateInput(String state) {
    return "state:" + state;
  }

  /** {@return the graph with masks and states as further inputs} */
  public Graph graph() {
    return form;
  }

  /** {@return each state as it is in the first step, by name} */
  public Map<String, Tensor> initialStates() {
    Map<String, Tensor> states = new LinkedHashMap<>();
    for (Node node : source.nodes()) {
      if (node.op() instanceof Op.State state) {
        if (!source.outputs().containsKey(state.name())) {
          throw new GraphException("State '%s' is never updated".formatted(state.name()));
        }
        long[] shape = state.type().fixedShape();
        float[] values = new float[(int) Tensor.sizeOf(shape)];
        Arrays.fill(values, (float) state.initial());
        states.put(state.name(), Tensor.of(values, shape));
      }
    }
    return states;
  }

  /**
   * Completes the inputs of one step.
   *
   * @param inputs a tensor for each input of the source graph
   * @param states a tensor for each state
   * @param seed the same seed gives the same masks
   * @return the inputs and states, and for each mask a tensor whose elements are 0 or 1/(1 −
   *     probability)
   * @throws GraphException when the inputs do not fit the graph
   */
  public Map<String, Tensor> inputs(
      Map<String, Tensor> inputs, Map<String, Tensor> states, long seed) {
    Map<String, Long> sizes = source.bind(inputs);
    Map<String, Tensor> all = new LinkedHashMap<>(inputs);
    states.forEach((name, state) -> all.put(stateInput(name), state));
    SplittableRandom seeds = new SplittableRandom(seed);
    for (Mask mask : masks) {
      SplittableRandom random = seeds.split();
      long[] shape = mask.type.shape().stream().mapToLong(dim -> dim.resolve(sizes)).toArray();
      float[] values = new float[(int) Tensor.sizeOf(shape)];
      float kept = (float) (1 / (1 - mask.probability));
      int threshold = (int) (mask.probability * Integer.MAX_VALUE);
      for (int i = 0; i < values.length; i++) {
        values[i] = (random.nextInt() >>> 1) < threshold ? 0 : kept;
      }
      all.put(mask.input, Tensor.of(values, shape));
    }
    return all;
  }
}
