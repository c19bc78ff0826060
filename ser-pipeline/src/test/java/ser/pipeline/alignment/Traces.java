package ser.pipeline.alignment;

import java.util.List;
import java.util.Optional;
import ser.graph.tensor.Tensor;

/** Traces made by hand, of one block. */
final class Traces {
  private Traces() {}

  /** Steps of one frame of 80 ms. */
  static AttentionTrace of(float[] loudness, float[]... heads) {
    return of(new AmplitudeEnvelope(loudness, 1, 0.08), heads);
  }

  static AttentionTrace of(AmplitudeEnvelope envelope, float[]... heads) {
    int steps = envelope.steps();
    float[] received = new float[heads.length * steps];
    for (int head = 0; head < heads.length; head++) {
      System.arraycopy(heads[head], 0, received, head * steps, steps);
    }
    return new AttentionTrace(
        1,
        Tensor.of(received, heads.length, steps),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        envelope,
        0,
        List.of(1f));
  }

  static Alignment measured(AmplitudeEnvelope envelope, float... received) {
    return Alignment.of(of(envelope, received));
  }

  /** The values divided by their sum. */
  static float[] shares(float... values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    float[] shares = new float[values.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = (float) (values[i] / sum);
    }
    return shares;
  }

  static AttentionTrace withWindows(AttentionTrace trace, float[] centre, float[] width) {
    long[] shape = trace.received().shape();
    return new AttentionTrace(
        1,
        trace.received(),
        Optional.of(Tensor.of(centre, shape)),
        Optional.of(Tensor.of(width, shape)),
        trace.gates(),
        trace.envelope(),
        0,
        trace.probabilities());
  }

  static AttentionTrace withGates(AttentionTrace trace, float... gates) {
    return new AttentionTrace(
        1,
        trace.received(),
        trace.centre(),
        trace.width(),
        Optional.of(Tensor.of(gates, trace.received().shape())),
        trace.envelope(),
        0,
        trace.probabilities());
  }
}
