package ser.reference;

import java.util.List;

/** The sequence mask, 1 on valid steps and 0 on padding: lengths [B] → mask [B, time]. */
record SequenceMask() implements NonDifferentiable {
  @Override
  public DoubleArray forward(List<DoubleArray> operands, long[] shape) {
    double[] lengths = operands.get(0).elements();
    int time = (int) shape[1];
    double[] mask = new double[lengths.length * time];
    for (int clip = 0; clip < lengths.length; clip++) {
      for (int step = 0; step < time; step++) {
        mask[clip * time + step] = step < lengths[clip] ? 1 : 0;
      }
    }
    return new DoubleArray(mask, shape);
  }
}
