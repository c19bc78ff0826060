package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import ser.graph.ir.Graph;
import ser.graph.tensor.Tensor;

/** Runs a graph of SameDiff in its own session. */
final class SameDiffSession {
  private SameDiffSession() {}

  static Map<String, Tensor> run(SameDiff sameDiff, Map<String, Tensor> inputs, Graph graph) {
    Map<String, INDArray> placeholders = new HashMap<>();
    inputs.forEach((name, tensor) -> placeholders.put(name, array(tensor)));
    List<String> names = new ArrayList<>(graph.outputs().keySet());
    Map<String, INDArray> found = sameDiff.output(placeholders, names);
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    names.forEach(name -> outputs.put(name, tensor(Objects.requireNonNull(found.get(name)))));
    return outputs;
  }

  private static INDArray array(Tensor tensor) {
    return tensor.dataType() == ser.graph.tensor.DataType.FLOAT32
        ? Nd4j.create(tensor.floats(), tensor.shape(), DataType.FLOAT)
        : Nd4j.createFromArray(tensor.longs()).reshape(tensor.shape());
  }

  private static Tensor tensor(INDArray array) {
    INDArray flat = array.dup('c').reshape(array.length());
    return array.dataType() == DataType.FLOAT
        ? Tensor.of(flat.toFloatVector(), array.shape())
        : Tensor.of(flat.toLongVector(), array.shape());
  }
}
