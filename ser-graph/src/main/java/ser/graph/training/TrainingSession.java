package ser.graph.training;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import ser.api.BackendException;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphException;
import ser.graph.rewrite.TrainingForm;
import ser.graph.spi.Backend;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.ParameterVector;
import ser.graph.spi.ParameterVector.Slot;
import ser.graph.tensor.Tensor;

/**
 * Trains the parameters of a graph. The backend supplies gradients; the optimiser, dropout masks
 * and the exponential moving average (EMA) of the weights are computed here, so that all backends
 * follow one trajectory. For one thread at a time.
 */
public final class TrainingSession implements AutoCloseable {
  private final TrainingForm form;
  private final String loss;
  private final TrainingOptions options;
  private final GradientFunction function;
  private final ParameterVector parameters;
  private final ParameterVector gradients;
  private final float[] weights;
  private final float[] firstMoments;
  private final float[] secondMoments;
  private final float[] averages;
  private Map<String, Tensor> states;
  private Map<String, Tensor> averagedStates;
  private long step;

  /**
   * The result of one step.
   *
   * @param loss the loss before the step
   * @param gradientNorm the gradient's norm before clipping
   * @param learningRate the step's learning rate
   * @param outputs a tensor for each output of the graph
   */
  public record StepResult(
      double loss, double gradientNorm, double learningRate, Map<String, Tensor> outputs) {}

  /**
   * Starts a session at given weights.
   *
   * @param backend computes the gradients
   * @param graph has the loss among its outputs
   * @param loss the name of the output to be minimised, float32 of one element
   * @param initial a tensor for each parameter, by name
   * @param options the optimiser, the weights' moving average and the seed
   * @throws ser.graph.ir.GraphException when the weights or the loss do not fit the graph
   */
  public TrainingSession(
      Backend backend,
      Graph graph,
      String loss,
      Map<String, Tensor> initial,
      TrainingOptions options) {
    graph.loss(loss);
    this.form = TrainingForm.of(graph);
    this.loss = loss;
    this.options = options;
    this.parameters = new ParameterVector(form.graph(), initial);
    this.gradients = new ParameterVector(form.graph());
    this.weights = parameters.toArray();
    this.firstMoments = new float[weights.length];
    this.secondMoments = new float[weights.length];
    this.averages = weights.clone();
    this.states = form.initialStates();
    this.averagedStates = states;
    this.function = backend.differentiate(form.graph(), loss);
  }

  /**
   * Computes the gradients and moves the weights. A step that fails leaves everything as it was.
   *
   * @param inputs a tensor for each input of the graph
   * @return the step's loss, gradient norm, learning rate and outputs
   * @throws ser.graph.ir.GraphException when the inputs do not fit the graph
   * @throws BackendException when the engine fails, or the loss or a gradient is not a number
   */
  public StepResult step(Map<String, Tensor> inputs) {
    Map<String, Tensor> outputs = evaluate(inputs);
    double lossValue = Objects.requireNonNull(outputs.get(loss), loss).floats()[0];
    float[] gradient = gradients.toArray();
    double norm = norm(gradient);
    if (!Double.isFinite(lossValue) || !Double.isFinite(norm)) {
      throw new BackendException(
          "Step %d has loss %s and gradient norm %s; check the inputs for values that are not numbers, or lower the learning rate"
              .formatted(step, lossValue, norm));
    }
    double rate = options.optimizer().schedule().rate(step);
    // Early on a fixed decay would keep the averages near the random start.
    float kept = (float) Math.min(options.emaDecay(), (step + 1.0) / (step + 10.0));
    update(gradient, rate, norm, kept);
    updateStates(outputs, kept);
    step++;
    return new StepResult(lossValue, norm, rate, outputs);
  }

  /**
   * Computes the gradients and leaves the weights as they are.
   *
   * @param inputs a tensor for each input of the graph
   * @return the gradient by each parameter
   * @throws ser.graph.ir.GraphException when the inputs do not fit the graph
   * @throws BackendException when the engine fails
   */
  public Map<String, Tensor> gradients(Map<String, Tensor> inputs) {
    evaluate(inputs);
    return gradients.tensors();
  }

  private Map<String, Tensor> evaluate(Map<String, Tensor> inputs) {
    Map<String, Tensor> all =
        form.inputs(inputs, states, options.seed() * 0x9E3779B97F4A7C15L + step);
    return function.evaluate(parameters, all, gradients);
  }

  private static double norm(float[] gradient) {
    double sum = 0;
    for (float g : gradient) {
      sum += (double) g * g;
    }
    return Math.sqrt(sum);
  }

  private void update(float[] gradient, double rate, double norm, float kept) {
    AdamW adamW = options.optimizer();
    float scale = (float) Math.min(1, adamW.clipNorm() / (norm + 1e-6));
    float beta1 = (float) adamW.beta1();
    float beta2 = (float) adamW.beta2();
    float epsilon = (float) adamW.epsilon();
    float stepSize = (float) (rate / (1 - Math.pow(adamW.beta1(), step + 1.0)));
    float rootCorrection = (float) Math.sqrt(1 - Math.pow(adamW.beta2(), step + 1.0));
    for (Slot slot : parameters.slots()) {
      float shrink = slot.shape().size() < 2 ? 1 : (float) (1 - rate * adamW.weightDecay());
      for (int i = slot.offset(), end = slot.offset() + slot.size(); i < end; i++) {
        float g = gradient[i] * scale;
        float m = beta1 * firstMoments[i] + (1 - beta1) * g;
        float v = beta2 * secondMoments[i] + (1 - beta2) * g * g;
        float denominator = (float) Math.sqrt(v) / rootCorrection + epsilon;
        float w = weights[i] * shrink - stepSize * m / denominator;
        firstMoments[i] = m;
        secondMoments[i] = v;
        weights[i] = w;
        averages[i] = kept * averages[i] + (1 - kept) * w;
      }
    }
    parameters.set(weights);
  }

  private void updateStates(Map<String, Tensor> outputs, float kept) {
    Map<String, Tensor> next = new LinkedHashMap<>();
    Map<String, Tensor> nextAverages = new LinkedHashMap<>();
    states.forEach(
        (name, state) -> {
          Tensor updated = outputs.getOrDefault(name, state);
          float[] average = averagedStates.getOrDefault(name, state).floats().clone();
          for (int i = 0; i < average.length; i++) {
            average[i] = kept * average[i] + (1 - kept) * updated.floats()[i];
          }
          next.put(name, updated);
          nextAverages.put(name, Tensor.of(average, updated.shape()));
        });
    states = next;
    averagedStates = nextAverages;
  }

  /** {@return the number of steps taken} */
  public long steps() {
    return step;
  }

  /** {@return a copy of the current weights and states, by name} */
  public Map<String, Tensor> weights() {
    return joined(parameters.tensors(), states);
  }

  /**
   * {@return a copy of the exponential moving average of the weights and states, by name, which
   * usually generalises better than the weights}
   */
  public Map<String, Tensor> averagedWeights() {
    return joined(parameters.tensors(averages), averagedStates);
  }

  private static Map<String, Tensor> joined(
      Map<String, Tensor> parameters, Map<String, Tensor> states) {
    Map<String, Tensor> all = new LinkedHashMap<>(parameters);
    states.forEach((name, s) -> all.put(name, Tensor.of(s.floats().clone(), s.shape())));
    return all;
  }

  /** {@return a copy of the session's state, from which another session can continue} */
  public TrainingState state() {
    return new TrainingState(
        step,
        weights(),
        averagedWeights(),
        parameters.tensors(firstMoments),
        parameters.tensors(secondMoments));
  }

  /**
   * Restores a state: the next steps are those that would have followed it.
   *
   * @param state the state of a session of the same graph
   * @throws ser.graph.ir.GraphException when it does not fit the graph; nothing has changed then
   */
  public void restore(TrainingState state) {
    Map<String, Tensor> restoredStates = new LinkedHashMap<>();
    Map<String, Tensor> restoredAverages = new LinkedHashMap<>();
    float[] restoredWeights = split(state.weights(), restoredStates);
    float[] restoredWeightAverages = split(state.averages(), restoredAverages);
    float[] first = split(state.firstMoments(), new LinkedHashMap<>());
    float[] second = split(state.secondMoments(), new LinkedHashMap<>());
    checkStates(restoredStates);
    checkStates(restoredAverages);
    copy(restoredWeights, weights);
    copy(restoredWeightAverages, averages);
    copy(first, firstMoments);
    copy(second, secondMoments);
    parameters.set(weights);
    states = restoredStates;
    averagedStates = restoredAverages;
    step = state.step();
  }

  private void checkStates(Map<String, Tensor> restored) {
    states.forEach(
        (name, state) -> {
          Tensor tensor = restored.get(name);
          if (tensor == null
              || tensor.dataType() != state.dataType()
              || !Arrays.equals(tensor.shape(), state.shape())) {
            throw new GraphException(
                "State '%s' must be %s, found %s"
                    .formatted(name, state, tensor == null ? "none" : tensor));
          }
        });
  }

  /** Splits named tensors into the parameters, as one vector, and the states. */
  private float[] split(Map<String, Tensor> tensors, Map<String, Tensor> splitStates) {
    Map<String, Tensor> own = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> (states.containsKey(name) ? splitStates : own).put(name, tensor));
    return new ParameterVector(form.graph(), own).toArray();
  }

  private static void copy(float[] from, float[] to) {
    System.arraycopy(from, 0, to, 0, to.length);
  }

  /** Frees what the backend holds for this session. Closing twice does nothing. */
  @Override
  public void close() {
    function.close();
  }
}
