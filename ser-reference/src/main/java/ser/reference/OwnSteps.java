package ser.reference;

import java.util.List;

/** Which steps belong to each clip: lengths [B] → mask [B, time]. */
record OwnSteps() implements Stepwise {
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
