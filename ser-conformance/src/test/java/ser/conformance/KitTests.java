package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;
import ser.conformance.cases.Case;
import ser.conformance.cases.Cases;
import ser.graph.spi.BackendProvider;
import ser.graph.spi.Backends;

/** Agreement of the kit's tests and its documents. */
class KitTests {
  @Test
  void everyRuleHasOneTestAndEveryTestARule() {
    Map<String, List<String>> tests = new TreeMap<>();
    KitCases.tests(BackendConformance.class)
        .forEach(
            test ->
                tests.merge(
                    test.getAnnotation(Rule.class).value(),
                    List.of(test.getName()),
                    (one, other) -> List.of(one.get(0), other.get(0))));
    assertThat(tests.keySet()).containsExactlyInAnyOrderElementsOf(RuleBook.rules().keySet());
    assertThat(tests.values()).allSatisfy(of -> assertThat(of).hasSize(1));
  }

  /** Ids are stable: gaps are no error, and a withdrawn rule keeps its line. */
  @Test
  void idsOfRulesIncrease() {
    List<String> ids = List.copyOf(RuleBook.all().keySet());
    assertThat(ids).isSortedAccordingTo(RuleBook.BY_ID);
    assertThat(ids).containsAll(RuleBook.rules().keySet());
  }

  @Test
  void everyRuleStatesItsStrength() {
    assertThat(RuleBook.rules().values())
        .allSatisfy(text -> assertThat(text).containsPattern("\\b(MUST|SHOULD)\\b"));
  }

  @Test
  void aRemovedRuleKeepsItsIdAndHasNoTest() {
    Map<String, String> rules =
        RuleBook.read(new StringReader("**1.1** One\nMUST.\n\n**1.3** Removed in 2.0: why.\n"));
    assertThat(rules)
        .containsExactly(entry("1.1", "One MUST."), entry("1.3", "Removed in 2.0: why."));
    assertThat(RuleBook.current(rules)).containsOnlyKeys("1.1");
  }

  @Test
  void casesHaveNamesOfTheirOwn() {
    assertThat(Cases.all().map(Case::name)).doesNotHaveDuplicates().hasSizeGreaterThan(250);
  }

  @Test
  void whatOnlyInfersIsHeldToTheRulesOfInference() {
    assertThat(KitCases.tests(InferenceConformance.class))
        .extracting(test -> test.getAnnotation(Rule.class).value())
        .contains("2.1", "4.1", "5.2", "6.4", "8.1", "11.6")
        .doesNotContain("3.1", "4.3", "5.4", "6.5", "7.1", "8.5", "11.7");
  }

  /** The reference, said to deviate. */
  static final class Deviating extends BackendConformance {
    @Override
    protected BackendProvider provider() {
      return Backends.named("reference");
    }

    @Override
    protected Map<String, String> deviations() {
      return Map.of(
          "1.4", "all of a rule",
          "2.2 exp of extremes", "one case",
          "2.2 no such case", "a slip",
          "9.9", "another");
    }
  }

  @Test
  void deviationsAreSkippedAndThoseThatNameNothingFail() {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(Deviating.class))
                .build(),
            listener);
    TestExecutionSummary summary = listener.getSummary();
    assertThat(summary.getTestsAbortedCount()).as("skipped").isEqualTo(2);
    assertThat(summary.getFailures())
        .singleElement()
        .extracting(failure -> String.valueOf(failure.getException().getMessage()))
        .asString()
        .startsWith("Rule 12.1: The deviations that a backend's tests declare MUST name")
        .contains("2.2 no such case")
        .contains("9.9");
  }
}
