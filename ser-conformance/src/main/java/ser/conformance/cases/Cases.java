package ser.conformance.cases;

import java.util.stream.Stream;

/** All cases of operations. */
public final class Cases {
  private Cases() {}

  /** {@return every case of every operation, each with a name of its own} */
  public static Stream<Case> all() {
    return Stream.of(
            LeafCases.all(),
            UnaryCases.all(),
            BinaryCases.all(),
            WholeNumberCases.all(),
            ChoiceCases.all(),
            LinearCases.matMul(),
            ReductionCases.all(),
            SoftmaxCases.all(),
            LayoutCases.all(),
            ConvolutionCases.conv(),
            ConvolutionCases.pool(),
            LinearCases.layerNorm(),
            RecurrenceCases.all(),
            CompositeCases.all(),
            InferenceOnlyCases.all())
        .flatMap(cases -> cases);
  }

  /** {@return those whose gradient is the slope} */
  public static Stream<Case> differentiable() {
    return all().filter(Case::differentiable);
  }
}
