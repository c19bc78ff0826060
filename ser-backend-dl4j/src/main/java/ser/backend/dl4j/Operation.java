package ser.backend.dl4j;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** One of ND4J's native operations in a SameDiff graph, by its native name. */
final class Operation extends DynamicCustomOp {
  private final List<DataType> results;

  Operation(SameDiff sameDiff, String name, List<DataType> results, SDVariable[] operands) {
    // The constructors that take SameDiff ask for the name before they have it.
    super(name);
    this.results = List.copyOf(results);
    setSameDiff(sameDiff);
    setInstanceId();
    sameDiff.addArgsFor(operands, this);
  }

  @Override
  public int getNumOutputs() {
    return results.size();
  }

  @Override
  public List<DataType> calculateOutputDataTypes(List<DataType> operands) {
    return results;
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    throw new UnsupportedOperationException("Lowering differentiates");
  }
}
