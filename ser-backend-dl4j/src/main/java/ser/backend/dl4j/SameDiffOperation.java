package ser.backend.dl4j;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** A native operation of one result as a node of a SameDiff graph that is being built. */
final class SameDiffOperation extends DynamicCustomOp {
  private final DataType dataType;

  private SameDiffOperation(
      SameDiff sameDiff, NativeOp op, DataType dataType, List<SDVariable> operands) {
    // The constructors that take SameDiff ask for the name before they have it.
    super(op.nativeName());
    this.dataType = dataType;
    op.attributes().integers().forEach(this::addIArgument);
    op.attributes().numbers().forEach(this::addTArgument);
    op.attributes().booleans().forEach(this::addBArgument);
    setSameDiff(sameDiff);
    setInstanceId();
    sameDiff.addArgsFor(operands.toArray(SDVariable[]::new), this);
  }

  /** Adds an operation, and gives its result. */
  static SDVariable add(
      SameDiff sameDiff, NativeOp op, DataType dataType, List<SDVariable> operands) {
    return new SameDiffOperation(sameDiff, op, dataType, operands).outputVariable();
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  public List<DataType> calculateOutputDataTypes(List<DataType> operands) {
    return List.of(dataType);
  }
}
