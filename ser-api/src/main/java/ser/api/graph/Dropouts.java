package ser.api.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import ser.api.tensor.Tensor;

/**
 * A training graph whose dropouts are products with masks that the training session draws and
 * supplies as inputs. Every backend then drops the same elements, in any number of threads, and a
 * step can be repeated exactly.
 */
public final class Dropouts {
  private final Graph unmasked;
  private final Graph masked;
  private final List<Mask> masks;

  private record Mask(String input, TensorType type, double probability) {}

  private Dropouts(Graph unmasked, Graph masked, List<Mask> masks) {
    this.unmasked = unmasked;
    this.masked = masked;
    this.masks = List.copyOf(masks);
  }

  /**
   * @param graph a graph with dropouts
   * @return the graph with masks as inputs, and what draws them
   */
  public static Dropouts inTraining(Graph graph) {
    List<Mask> masks = new ArrayList<>();
    Graph masked =
        graph.rewrite(
            (node, operands) -> {
              if (!(node.op() instanceof Op.Dropout dropout)) {
                return Optional.empty();
              }
              Value x = operands.get(0);
              TensorType type = ShapeRules.reduce(x.type(), dropout.sharedAxes());
              Mask mask = new Mask("dropout." + masks.size(), type, dropout.probability());
              masks.add(mask);
              Value factor = x.builder().input(mask.input, type);
              return Optional.of(x.builder().mul(x, factor));
            });
    return new Dropouts(graph, masked, masks);
  }

  /**
   * @param graph a graph with dropouts
   * @return the graph without them
   */
  public static Graph inInference(Graph graph) {
    return graph.rewrite(
        (node, operands) ->
            node.op() instanceof Op.Dropout ? Optional.of(operands.get(0)) : Optional.empty());
  }

  /**
   * @return the graph with masks as further inputs
   */
  public Graph graph() {
    return masked;
  }

  /**
   * Draws the masks of one step.
   *
   * @param inputs the step's other inputs
   * @param seed the same seed gives the same masks
   * @return the inputs and, for each mask, a tensor whose elements are 0 or 1/(1 − probability)
   * @throws GraphException when the inputs do not fit the graph
   */
  public Map<String, Tensor> draw(Map<String, Tensor> inputs, long seed) {
    Map<String, Long> sizes = unmasked.bind(inputs);
    Map<String, Tensor> drawn = new LinkedHashMap<>(inputs);
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
      drawn.put(mask.input, Tensor.of(values, shape));
    }
    return drawn;
  }
}
