package ser.graph.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ser.graph.tensor.DataType;

class GraphTextTests {
  @Test
  void theCasesHaveEveryOperation() {
    assertThat(EveryOperation.operations(EveryOperation.graph()))
        .as("a new op needs a place in EveryOperation")
        .containsExactlyElementsOf(
            Arrays.stream(Op.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .sorted()
                .toList());
  }

  @Test
  void whatIsWrittenReadsBackToAnEqualGraph() {
    Graph graph = EveryOperation.graph();
    Graph read = GraphText.read(GraphText.write(graph));
    assertThat(read).isEqualTo(graph).hasSameHashCodeAs(graph);
    assertThat(GraphText.write(read)).isEqualTo(GraphText.write(graph));
  }

  @Test
  void theTextIsStable() throws IOException {
    try (InputStream golden =
        Objects.requireNonNull(getClass().getResourceAsStream("every-operation.txt"))) {
      assertThat(EveryOperation.graph().toString())
          .as("texts in the field must stay readable; see every-operation.txt")
          .isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void textsMayBeWrittenByHand() {
    Graph read =
        GraphText.read(
            """
            # A comment.
            graph "line" { %0=input{name="x",type=float32[batch,2]}
            %1 = constant {dataType=float32, value=-Infinity} # here too
              %2 = binary(%0,%1) {function=ADD} output "y" = %2 }
            """);
    GraphBuilder g = new GraphBuilder("line");
    Value x = g.input("x", TensorType.float32(Dim.symbol("batch"), Dim.of(2)));
    g.output("y", g.add(x, g.constant(Double.NEGATIVE_INFINITY)));
    assertThat(read).isEqualTo(g.build());
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        0.0,
        -0.0,
        1e-300,
        Double.MAX_VALUE,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY
      })
  void everyConstantSurvives(double value) {
    GraphBuilder g = new GraphBuilder("constant");
    g.output("c", g.add(new Op.Constant(DataType.FLOAT32, value), List.of()));
    Graph graph = g.build();
    assertThat(GraphText.read(GraphText.write(graph))).isEqualTo(graph);
  }

  @Test
  void aFractionIsNotAnInt64Constant() {
    assertThatThrownBy(
            () -> GraphText.read("graph \"g\" {\n%0 = constant {dataType=int64, value=1.5}\n}"))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("line 2")
        .hasMessageContaining("1.5");
  }

  @Test
  void derivedDimensionsSurvive() {
    GraphBuilder g = new GraphBuilder("dims");
    Dim time = Dim.symbol("time");
    g.output("a", g.range(time.plus(-1).floorDivide(2)));
    g.output("b", g.range(time.plus(7)));
    g.output("c", g.range(time.floorDivide(4)));
    Graph graph = g.build();
    assertThat(GraphText.read(GraphText.write(graph))).isEqualTo(graph);
  }

  @Test
  void theOrderOfOutputsIsPartOfTheGraph() {
    String text =
        """
        graph "two" {
          %0 = constant {dataType=int64, value=1.0}
          output "a" = %0
          output "b" = %0
        }
        """;
    assertThat(GraphText.read(text))
        .isNotEqualTo(GraphText.read(text.replace("\"a\"", "\"c\"").replace("\"b\"", "\"a\"")))
        .isNotEqualTo(
            GraphText.read(
                text.replace("\"a\"", "\"z\"")
                    .replace("\"b\"", "\"a\"")
                    .replace("\"z\"", "\"b\"")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          %1 = unary(%0) {function=TANH}           | %1 = unary(%0) {function=SINH}        | 3 | SINH
          %1 = unary(%0) {function=TANH}           | %1 = sinh(%0)                         | 3 | sinh
          %1 = unary(%0) {function=TANH}           | %1 = unary(%7) {function=TANH}        | 3 | %7
          %1 = unary(%0) {function=TANH}           | %1 = unary(%1) {function=TANH}        | 3 | %1
          %1 = unary(%0) {function=TANH}           | %2 = unary(%0) {function=TANH}        | 3 | %1
          %1 = unary(%0) {function=TANH}           | %1 = unary(%0, %0) {function=TANH}    | 3 | float32[batch, 2]
          %1 = unary(%0) {function=TANH}           | %1 = unary(%0)                        | 4 | {
          %1 = unary(%0) {function=TANH}           | %1 = softmax(%0) {axis=2}             | 3 | no axis 2
          %1 = unary(%0) {function=TANH}           | %1 = softmax(%0) {axis=two}           | 3 | two
          %1 = unary(%0) {function=TANH}           | %1 = softmax(%0) {axis=99999999999}   | 3 | 99999999999
          %1 = unary(%0) {function=TANH}           | %1 = reduce(%0) {reduction=SUM, axes=[]} | 3 | []
          %1 = unary(%0) {function=TANH}           | %1 = reshape(%0) {shape=[9223372036854775807, 3]} | 3 | float32[batch, 2]
          %1 = unary(%0) {function=TANH}           | %1 = reshape(%0) {shape=[_x, 2]}      | 3 | _x
          %1 = unary(%0) {function=TANH}           | %1 = range {length=(time+1)/0, dataType=int64} | 3 | 0
          float32[batch, 2]                        | float16[batch, 2]                     | 2 | float16
          float32[batch, 2]                        | float32[batch, -2]                    | 2 | word
          float32[batch, 2]                        | float32[2nd, 2]                       | 2 | 2nd
          output "y" = %1                          | output "y" = %2                       | 4 | %2
          output "y" = %1                          | output y = %1                         | 4 | "
          output "y" = %1                          | output "y" = %1 output "y" = %0       | 4 | 'y'
          output "y" = %1                          | # nothing                             | 5 | no output
          graph "line"                             | graphic "line"                        | 1 | "
          graph "line"                             | tree                                  | 1 | graph
          """)
  void whatIsWrongIsToldWithItsLine(String good, String bad, int line, String told) {
    String text =
        """
        graph "line" {
          %0 = input {name="x", type=float32[batch, 2]}
          %1 = unary(%0) {function=TANH}
          output "y" = %1
        }
        """;
    assertThat(GraphText.read(text).outputs()).containsOnlyKeys("y");
    assertThatThrownBy(() -> GraphText.read(text.replace(good, bad)))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("line %d:".formatted(line))
        .hasMessageContaining(told);
  }

  @Test
  void theLineIsRightWithoutIndentation() {
    assertThatThrownBy(() -> GraphText.read("graph \"g\" {\n%0 = constant\n?\n}"))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("line 3:");
  }

  @Test
  void whatFollowsTheGraphIsRefused() {
    String text = GraphText.write(EveryOperation.graph());
    assertThatThrownBy(() -> GraphText.read(text + "}"))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("nothing after");
  }

  @Test
  void deepNestingIsRefusedInsteadOfOverflowingTheStack() {
    String text = "graph \"g\" { %0 = composite {name=\"c\", body=".repeat(100_000);
    assertThatThrownBy(() -> GraphText.read(text))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("nested");
  }

  /** Texts come from files: whatever happened to them, the answer is a graph or a sentence. */
  @Test
  void damagedTextsAreRefusedInOneWay() {
    String text = GraphText.write(EveryOperation.graph());
    String alphabet = "%{}()[]\"=,#/+-\\ \n09azAZ_.\0é٣";
    for (int seed = 0; seed < 3000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      StringBuilder damaged = new StringBuilder(text);
      for (int change = random.nextInt(1, 5); change > 0; change--) {
        int at = random.nextInt(damaged.length());
        switch (random.nextInt(5)) {
          case 0 -> damaged.deleteCharAt(at);
          case 1 -> damaged.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
          case 2 -> damaged.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
          case 3 -> damaged.delete(at, Math.min(damaged.length(), at + random.nextInt(40)));
          default -> {
            int from = random.nextInt(text.length() - 30);
            damaged.insert(at, text, from, from + random.nextInt(30));
          }
        }
      }
      readOrRefuse(damaged.toString(), seed);
    }
  }

  /** Numbers are where a reader that trusts its input computes nonsense. */
  @Test
  void absurdNumbersAreRefusedInOneWay() {
    String text = GraphText.write(EveryOperation.graph());
    List<String> numbers =
        List.of(
            "0",
            "-1",
            "2147483647",
            "-2147483648",
            "4294967296",
            "9223372036854775807",
            "-9223372036854775808",
            "1e308",
            "NaN");
    for (int seed = 0; seed < 2000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      StringBuilder damaged = new StringBuilder();
      for (String part : text.split("(?<=\\D)(?=\\d)|(?<=\\d)(?=\\D)", -1)) {
        boolean number = Character.isDigit(part.charAt(0)) && !damaged.toString().endsWith("%");
        damaged.append(
            number && random.nextInt(30) == 0 ? numbers.get(random.nextInt(numbers.size())) : part);
      }
      readOrRefuse(damaged.toString(), seed);
    }
  }

  private static void readOrRefuse(String text, int seed) {
    try {
      GraphText.read(text);
    } catch (GraphException refusal) {
      assertThat(refusal).as("seed %d", seed).hasMessageContaining("line ");
    } catch (RuntimeException | Error e) {
      throw new AssertionError("seed %d:%n%s".formatted(seed, text), e);
    }
  }
}
