package ser.conformance.faults;

import java.util.Map;
import ser.graph.ir.Graph;
import ser.graph.ir.Graph.Rewrite;
import ser.graph.rewrite.Decomposition;
import ser.graph.spi.Backend;
import ser.graph.spi.GradientFunction;
import ser.graph.spi.InferenceFunction;
import ser.graph.tensor.Tensor;

/** Computes another graph than the one it is given. */
final class RewritingBackend extends RenamedBackend {
  private final Rewrite inference;
  private final Rewrite training;

  RewritingBackend(Fault fault, Backend reference, Rewrite inference, Rewrite training) {
    super(fault, reference);
    this.inference = inference;
    this.training = training;
  }

  RewritingBackend(Fault fault, Backend reference, Rewrite always) {
    this(fault, reference, always, always);
  }

  @Override
  public InferenceFunction compile(Graph graph, Map<String, Tensor> weights) {
    return super.compile(Decomposition.decompose(graph).rewrite(inference), weights);
  }

  @Override
  public GradientFunction differentiate(Graph graph, String loss) {
    return super.differentiate(Decomposition.decompose(graph).rewrite(training), loss);
  }
}
