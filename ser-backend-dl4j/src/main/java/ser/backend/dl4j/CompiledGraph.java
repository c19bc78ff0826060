package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ser.graph.ir.Graph;
import ser.graph.rewrite.LayoutPropagation;

/**
 * A graph as a program of native operations.
 *
 * @param program the operations
 * @param outputs the graph's outputs, by name and in order
 * @param gradients the gradient of the loss by each parameter that it depends on, by name
 */
record CompiledGraph(
    Program program, Map<String, ProgramTensor> outputs, Map<String, ProgramTensor> gradients) {
  CompiledGraph {
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    gradients = Collections.unmodifiableMap(new LinkedHashMap<>(gradients));
  }

  /** Compiles a graph. */
  static CompiledGraph of(Graph graph, boolean onCpu) {
    Graph core = coreForm(graph, onCpu);
    NativeOps ops = new NativeOps(new Program());
    return new CompiledGraph(ops.program(), outputs(core, Lowering.of(core, ops)), Map.of());
  }

  /** Compiles a graph, and the gradient of one of its outputs by each parameter. */
  static CompiledGraph withGradient(Graph graph, String loss, boolean onCpu) {
    Graph core = coreForm(graph, onCpu);
    NativeOps ops = new NativeOps(new Program());
    List<Lowered> lowered = Lowering.of(core, ops);
    Map<String, ProgramTensor> gradients = Backpropagation.of(core, loss, lowered, ops);
    return new CompiledGraph(ops.program(), outputs(core, lowered), gradients);
  }

  /** On a CPU, oneDNN takes half the time for convolutions with channels last. */
  private static Graph coreForm(Graph graph, boolean onCpu) {
    Graph core = CoreForm.of(graph);
    return onCpu ? LayoutPropagation.channelsLast(core) : core;
  }

  private static Map<String, ProgramTensor> outputs(Graph graph, List<Lowered> lowered) {
    Map<String, ProgramTensor> outputs = new LinkedHashMap<>();
    graph.outputs().forEach((name, node) -> outputs.put(name, lowered.get(node.id()).result()));
    return outputs;
  }

  /** {@return what a run is for: the outputs and the gradients} */
  List<ProgramTensor> results() {
    List<ProgramTensor> results = new ArrayList<>(outputs.values());
    results.addAll(gradients.values());
    return results;
  }
}
