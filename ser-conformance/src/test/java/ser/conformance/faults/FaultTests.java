package ser.conformance.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The exact rules that each faulty backend breaks. */
class FaultTests {
  /** The rules with a test for every operation: they take most of the time. */
  private static final Set<String> EVERY_OPERATION = Set.of("2.14", "3.1", "3.2");

  /**
   * A faulty backend and the rules it breaks.
   *
   * @param fault the faulty backend
   * @param rules all rules that it breaks
   */
  record Broken(Class<? extends Fault> fault, List<String> rules) {
    static Broken by(Class<? extends Fault> fault, String... rules) {
      return new Broken(fault, List.of(rules));
    }

    @Override
    public String toString() {
      return fault.getSimpleName();
    }
  }

  static Stream<Broken> numbers() {
    return Stream.of(
        Broken.by(NumericalFaults.ApproximateGelu.class, "2.2", "2.14", "5.2", "5.6", "7.3"),
        Broken.by(
            NumericalFaults.WrongSigmoidGradient.class,
            "3.1",
            "4.6",
            "5.3",
            "5.4",
            "5.7",
            "5.8",
            "7.1"),
        Broken.by(NumericalFaults.ZeroedGradient.class, "5.3", "5.4", "5.7", "5.8", "7.1"),
        Broken.by(NumericalFaults.OneSidedMaximum.class, "3.3"),
        Broken.by(NumericalFaults.ChoiceByProduct.class, "2.5", "2.14"),
        Broken.by(
            NumericalFaults.SwallowedMask.class,
            "2.1",
            "2.14",
            "5.1",
            "5.2",
            "5.3",
            "5.4",
            "5.5",
            "5.6",
            "5.7",
            "5.8",
            "5.9",
            "5.10",
            "6.1",
            "6.2",
            "6.3",
            "6.4",
            "6.6",
            "6.7",
            "7.1",
            "7.3"),
        Broken.by(
            NumericalFaults.PaddedLstm.class,
            "2.14",
            "2.17",
            "2.18",
            "3.1",
            "3.2",
            "3.13",
            "5.9",
            "5.10"),
        Broken.by(NumericalFaults.ScalingDropout.class, "2.13", "2.14", "5.2", "5.6", "5.9", "7.3"),
        Broken.by(NumericalFaults.RoundedWholeNumbers.class, "2.4", "2.14"),
        Broken.by(
            NumericalFaults.AttentionWithoutBias.class,
            "4.1",
            "5.1",
            "5.2",
            "5.6",
            "6.1",
            "6.3",
            "6.4",
            "7.3"));
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void wrongNumbersAreFound(Broken broken) {
    assertThat(BrokenRules.of(broken.fault, Set.of())).isEqualTo(broken.rules);
  }

  static Stream<Broken> behaviour() {
    return Stream.of(
        Broken.by(
            CallOrderFaults.SortedOutputs.class,
            "2.15",
            "4.1",
            "4.2",
            "4.5",
            "5.1",
            "5.2",
            "5.5",
            "5.9",
            "6.1",
            "6.2",
            "7.3"),
        Broken.by(
            CallOrderFaults.InputsInPlace.class,
            "2.1",
            "2.4",
            "2.5",
            "2.9",
            "2.12",
            "2.13",
            "2.16",
            "10.4"),
        Broken.by(CallOrderFaults.SharedScratch.class, "8.1"),
        Broken.by(CallOrderFaults.HastyClosing.class, "8.3", "8.4"),
        Broken.by(CallOrderFaults.RestlessBits.class, "9.1", "9.2", "9.3", "9.4"),
        Broken.by(
            CallOrderFaults.AccumulatingGradients.class,
            "3.9",
            "3.11",
            "6.5",
            "6.6",
            "7.1",
            "7.2",
            "7.4",
            "8.6",
            "9.3"),
        Broken.by(CallOrderFaults.ForgottenZeros.class, "3.3", "3.6", "6.5"),
        Broken.by(CallOrderFaults.ZeroTimesWeights.class, "3.4"),
        Broken.by(CallOrderFaults.WeightsInPlace.class, "3.9", "3.10", "7.4"),
        Broken.by(CallOrderFaults.CachedWeights.class, "3.11", "7.1", "7.2"),
        Broken.by(CallOrderFaults.HiddenMomentum.class, "3.11", "7.2", "7.4"),
        Broken.by(ResourceFaults.LeakingRuns.class, "10.1"),
        Broken.by(ResourceFaults.LeakingSteps.class, "7.4", "10.5"),
        Broken.by(ResourceFaults.LeakingFailures.class, "11.2", "11.3", "11.5"),
        Broken.by(ResourceFaults.LeakingFunctions.class, "8.2", "10.2", "11.2"),
        Broken.by(ResourceFaults.OpenForEver.class, "8.2", "8.3", "10.2", "11.2", "11.5"),
        Broken.by(ResourceFaults.ClosedOnce.class, "10.4"),
        Broken.by(ResourceFaults.OtherExceptions.class, "11.2"),
        Broken.by(ResourceFaults.LongMessages.class, "11.9"),
        Broken.by(ResourceFaults.AnyDevice.class, "1.5"));
  }

  @ParameterizedTest
  @MethodSource("behaviour")
  void wrongBehaviourIsFound(Broken broken) {
    assertThat(BrokenRules.of(broken.fault, EVERY_OPERATION)).isEqualTo(broken.rules);
  }
}
