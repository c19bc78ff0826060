package ser.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;
import ser.graph.ir.Op;

/** No operation, and no function of one, is without a case. */
class OperationCoverageTests {
  @Test
  void everyOperationHasAValueWorkedOutByHand() {
    Set<String> covered = new TreeSet<>();
    Stream.of(
            ForwardTests.leaves(),
            ForwardTests.elementwise(),
            ForwardTests.reductionsAndLayout(),
            ForwardTests.recurrence(),
            ForwardTests.nothing())
        .flatMap(cases -> cases)
        .forEach(
            each -> {
              GraphRun c = new GraphRun();
              c.g.output(GraphRun.RESULT, each.body().apply(c));
              covered.addAll(operations(c.g.build()));
            });
    covered.addAll(Set.of("Conv", "Pool", "MAX Pooling", "AVERAGE Pooling")); // In WindowTests.
    covered.add("State"); // The interpreter refuses it.
    assertThat(covered).containsExactlyElementsOf(all());
  }

  @Test
  void everyOperationThatPassesAGradientHasACentralDifference() {
    Set<String> covered = new TreeSet<>();
    GradientTests.cases()
        .forEach(each -> covered.addAll(operations(GradientTests.loss(new GraphRun(), each))));
    Set<String> expected = all();
    expected.removeAll(Set.of("Cast", "Range", "LengthMask", "Compare", "Dropout", "State"));
    expected.removeIf(name -> name.endsWith(" Comparison"));
    assertThat(covered).containsAll(expected);
  }

  /** All ops, and for each enum among their attributes all its constants. */
  private static Set<String> all() {
    Set<String> all = new TreeSet<>();
    for (Class<?> op : Op.class.getPermittedSubclasses()) {
      all.add(op.getSimpleName());
      Arrays.stream(op.getRecordComponents())
          .filter(component -> component.getType().getDeclaringClass() == Op.class)
          .flatMap(component -> Arrays.stream(component.getType().getEnumConstants()))
          .forEach(constant -> all.add(name((Enum<?>) constant)));
    }
    return all;
  }

  private static Set<String> operations(Graph graph) {
    Set<String> names = new TreeSet<>();
    for (Node node : graph.nodes()) {
      names.add(node.op().getClass().getSimpleName());
      attribute(node.op()).map(OperationCoverageTests::name).forEach(names::add);
      if (node.op() instanceof Op.Composite composite) {
        names.addAll(operations(composite.body()));
      }
    }
    return names;
  }

  private static Stream<Enum<?>> attribute(Op op) {
    if (op instanceof Op.Unary unary) {
      return Stream.of(unary.function());
    } else if (op instanceof Op.Binary binary) {
      return Stream.of(binary.function());
    } else if (op instanceof Op.Compare compare) {
      return Stream.of(compare.comparison());
    } else if (op instanceof Op.Reduce reduce) {
      return Stream.of(reduce.reduction());
    } else if (op instanceof Op.Pool pool) {
      return Stream.of(pool.pooling());
    } else if (op instanceof Op.Lstm lstm) {
      return Stream.of(lstm.direction());
    }
    return Stream.of();
  }

  private static String name(Enum<?> constant) {
    return constant.name() + " " + constant.getDeclaringClass().getSimpleName();
  }
}
