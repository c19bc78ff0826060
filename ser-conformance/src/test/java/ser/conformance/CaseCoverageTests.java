package ser.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import ser.conformance.cases.Case;
import ser.conformance.cases.CaseGraph;
import ser.conformance.cases.Cases;
import ser.conformance.cases.OperandSource;
import ser.graph.ir.Graph;
import ser.graph.ir.Node;
import ser.graph.ir.Op;
import ser.graph.rewrite.GradientReach;

/** No operation, and no constant of an operation's enums, is without a case. */
class CaseCoverageTests {
  /** Operations without a forward case, with reasons. */
  private static final Map<String, String> WITHOUT_VALUE =
      Map.of("State", "training takes it apart; rules 11.4 and 11.10 refuse it");

  /** Operations without a gradient case, with reasons. */
  private static final Map<String, String> WITHOUT_GRADIENT =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("Cast FLOAT32", "documented to pass none; rule 3.7"),
              Map.entry("Cast INT64", "documented to pass none; rule 3.7"),
              Map.entry("Compare EQUAL", "documented to pass none; rule 3.7"),
              Map.entry("Compare LESS", "documented to pass none; rule 3.7"),
              Map.entry("Compare LESS_OR_EQUAL", "documented to pass none; rule 3.7"),
              Map.entry("Constant FLOAT32", "has no operands"),
              Map.entry("Constant INT64", "has no operands"),
              Map.entry("Dropout", "training takes it apart; rule 11.10 refuses it"),
              Map.entry("Input", "has no operands"),
              Map.entry("LengthMask", "its operand is whole numbers"),
              Map.entry("Range FLOAT32", "has no operands"),
              Map.entry("Range INT64", "has no operands"),
              Map.entry("State", "training takes it apart; rule 11.10 refuses it")));

  @Test
  void everyOperationHasAForwardCase() {
    Set<String> found = new TreeSet<>(WITHOUT_VALUE.keySet());
    for (OperandSource source : OperandSource.values()) {
      Cases.all().forEach(of -> found.addAll(operations(of, source, node -> true)));
    }
    assertThat(found).isEqualTo(operations());
  }

  @Test
  void everyOperationWithAGradientHasAGradientCase() {
    Set<String> found = new TreeSet<>();
    Cases.differentiable()
        .forEach(
            of -> {
              Graph graph = CaseGraph.of(of, OperandSource.PARAMETER, 1).graph();
              GradientReach reach = GradientReach.of(graph);
              found.addAll(operations(of, OperandSource.PARAMETER, reach::reachesParameter));
            });
    Set<String> expected = operations();
    expected.removeAll(WITHOUT_GRADIENT.keySet());
    assertThat(found).containsAll(expected);
    assertThat(operations()).as("exceptions that there are").containsAll(WITHOUT_GRADIENT.keySet());
  }

  /** Every op, with every constant of each enum it has. */
  private static Set<String> operations() {
    Set<String> names = new TreeSet<>();
    for (Class<?> op : Op.class.getPermittedSubclasses()) {
      Set<String> ofOp = new TreeSet<>(Set.of(op.getSimpleName()));
      for (RecordComponent component : op.getRecordComponents()) {
        if (component.getType().isEnum()) {
          Set<String> longer = new TreeSet<>();
          for (Object constant : component.getType().getEnumConstants()) {
            ofOp.forEach(name -> longer.add(name + " " + constant(constant)));
          }
          ofOp = longer;
        }
      }
      names.addAll(ofOp);
    }
    return names;
  }

  private static Set<String> operations(Case of, OperandSource source, Predicate<Node> counted) {
    Set<String> names = new TreeSet<>();
    CaseGraph.of(of, source, 1).graph().nodes().stream()
        .filter(counted)
        .forEach(node -> names.add(name(node.op())));
    return names;
  }

  private static String name(Op op) {
    StringBuilder name = new StringBuilder(op.getClass().getSimpleName());
    for (RecordComponent component : op.getClass().getRecordComponents()) {
      if (component.getType().isEnum()) {
        try {
          name.append(' ').append(constant(component.getAccessor().invoke(op)));
        } catch (ReflectiveOperationException e) {
          throw new LinkageError(e.getMessage(), e);
        }
      }
    }
    return name.toString();
  }

  private static String constant(Object constant) {
    return ((Enum<?>) constant).name();
  }
}
