package ser.reference;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A graph's outputs and the gradient of one of them, the loss.
 *
 * @param outputs an array for each output, in the graph's order
 * @param parameters ∂loss/∂parameter for each parameter, of the parameter's shape, in the graph's
 *     order; zero where the loss does not depend on it
 */
public record Gradients(Map<String, DoubleArray> outputs, Map<String, DoubleArray> parameters) {
  /** Copies the maps. */
  public Gradients {
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }
}
