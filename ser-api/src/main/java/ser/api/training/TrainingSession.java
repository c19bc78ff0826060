package ser.api.training;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import ser.api.BackendException;
import ser.api.SerException;
import ser.api.graph.Dropouts;
import ser.api.graph.Graph;
import ser.api.spi.Backend;
import ser.api.spi.GradientFunction;
import ser.api.spi.ParameterVector;
import ser.api.spi.ParameterVector.Slot;
import ser.api.tensor.Tensor;

/**
 * Trains the parameters of a graph. The backend supplies gradients; the optimiser, dropout masks
 * and the weights' running average are computed here, so that all backends follow one trajectory.
 * For one thread at a time.
 */
public final class TrainingSession implements AutoCloseable {
  private final Dropouts dropouts;
  private final String loss;
  private final AdamW adamW;
  private final double averageDecay;
  private final long seed;
  private final GradientFunction function;
  private final ParameterVector parameters;
  private final ParameterVector gradients;
  private final float[] weights;
  private final float[] firstMoments;
  private final float[] secondMoments;
  private final float[] averages;
  private long step;

  /**
   * What a step was like.
   *
   * @param loss the loss before the step
   * @param gradientNorm the gradient's norm before clipping
   * @param learningRate the step's learning rate
   * @param outputs a tensor for each output of the graph
   */
  public record StepResult(
      double loss, double gradientNorm, double learningRate, Map<String, Tensor> outputs) {}

  /**
   * Starts at given weights.
   *
   * @param backend what computes
   * @param graph has the loss among its outputs
   * @param loss the output to be made small, of one element
   * @param initial a tensor for each parameter
   * @param adamW the optimiser
   * @param averageDecay how much of the weights' running average stays in each step, 0 to below 1;
   *     the average starts as a plain mean
   * @param seed of the dropout masks
   * @throws ser.api.graph.GraphException when the weights or the loss do not fit the graph
   */
  public TrainingSession(
      Backend backend,
      Graph graph,
      String loss,
      Map<String, Tensor> initial,
      AdamW adamW,
      double averageDecay,
      long seed) {
    if (!(averageDecay >= 0 && averageDecay < 1)) {
      throw new SerException("The average's decay is from 0 to below 1, found " + averageDecay);
    }
    this.dropouts = Dropouts.inTraining(graph);
    this.loss = loss;
    this.adamW = adamW;
    this.averageDecay = averageDecay;
    this.seed = seed;
    this.parameters = new ParameterVector(dropouts.graph(), initial);
    this.gradients = new ParameterVector(dropouts.graph());
    this.weights = parameters.toArray();
    this.firstMoments = new float[weights.length];
    this.secondMoments = new float[weights.length];
    this.averages = weights.clone();
    this.function = backend.differentiate(dropouts.graph(), loss);
  }

  /**
   * Computes the gradients and moves the weights. A step that fails leaves everything as it was.
   *
   * @param inputs a tensor for each input of the graph
   * @return what the step was like
   * @throws ser.api.graph.GraphException when the inputs do not fit the graph
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
    double rate = adamW.schedule().rate(step);
    update(gradient, rate, norm);
    step++;
    return new StepResult(lossValue, norm, rate, outputs);
  }

  /**
   * Computes the gradients and leaves the weights as they are.
   *
   * @param inputs a tensor for each input of the graph
   * @return the gradient by each parameter
   * @throws ser.api.graph.GraphException when the inputs do not fit the graph
   * @throws BackendException when the engine fails
   */
  public Map<String, Tensor> gradients(Map<String, Tensor> inputs) {
    evaluate(inputs);
    return gradients.tensors();
  }

  private Map<String, Tensor> evaluate(Map<String, Tensor> inputs) {
    Map<String, Tensor> all = dropouts.draw(inputs, seed * 0x9E3779B97F4A7C15L + step);
    return function.evaluate(parameters, all, gradients);
  }

  private static double norm(float[] gradient) {
    double sum = 0;
    for (float g : gradient) {
      sum += (double) g * g;
    }
    return Math.sqrt(sum);
  }

  private void update(float[] gradient, double rate, double norm) {
    float scale = (float) Math.min(1, adamW.clipNorm() / (norm + 1e-6));
    float beta1 = (float) adamW.beta1();
    float beta2 = (float) adamW.beta2();
    float epsilon = (float) adamW.epsilon();
    float stepSize = (float) (rate / (1 - Math.pow(adamW.beta1(), step + 1.0)));
    float rootCorrection = (float) Math.sqrt(1 - Math.pow(adamW.beta2(), step + 1.0));
    // Early on a fixed decay would keep the average near the random start.
    float kept = (float) Math.min(averageDecay, (step + 1.0) / (step + 10.0));
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

  /**
   * @return how many steps were taken
   */
  public long steps() {
    return step;
  }

  /**
   * @return the weights as they are, a copy
   */
  public Map<String, Tensor> parameters() {
    return parameters.tensors();
  }

  /**
   * @return the running average of the weights, a copy: what generalises best
   */
  public Map<String, Tensor> averagedParameters() {
    return parameters.tensors(averages);
  }

  /**
   * @return all that is needed to go on later, a copy
   */
  public TrainingState state() {
    return new TrainingState(
        step,
        parameters(),
        parameters.tensors(firstMoments),
        parameters.tensors(secondMoments),
        averagedParameters());
  }

  /**
   * Goes on from a state: the next steps are those that would have followed it.
   *
   * @param state what {@link #state()} gave, of the same graph
   * @throws ser.api.graph.GraphException when it does not fit the graph
   */
  public void restore(TrainingState state) {
    for (Map<String, Tensor> part :
        List.of(
            state.parameters(), state.firstMoments(), state.secondMoments(), state.averages())) {
      dropouts.graph().checkParameters(part);
    }
    copy(state.parameters(), weights);
    copy(state.firstMoments(), firstMoments);
    copy(state.secondMoments(), secondMoments);
    copy(state.averages(), averages);
    parameters.set(weights);
    step = state.step();
  }

  private void copy(Map<String, Tensor> from, float[] to) {
    System.arraycopy(new ParameterVector(dropouts.graph(), from).toArray(), 0, to, 0, to.length);
  }

  @Override
  public void close() {
    function.close();
  }
}
