package ser.backend.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import ser.attention.Encoder;
import ser.attention.EncoderSettings;
import ser.attention.Variant;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.rewrite.TrainingForm;
import ser.graph.tensor.Tensor;

class BufferAssignmentTests {
  private static final List<Extent> TEN = List.of(Extent.of(Dim.of(10)));

  private final Program program = new Program();
  private final NativeOps ops = new NativeOps(program);

  private BufferAssignment assign(ProgramTensor... results) {
    long[] lengths =
        program.tensors().stream()
            .mapToLong(tensor -> Tensor.sizeOf(Extent.resolve(tensor.shape(), Map.of())))
            .toArray();
    List<ProgramTensor> wanted = List.of(results);
    return new BufferAssignment(program, program.steps(wanted), wanted, lengths);
  }

  @Test
  void aChainOfOperationsTakesTwoBuffers() {
    ProgramTensor x = program.input("x", DataType.FLOAT, TEN);
    ProgramTensor a = ops.exp(x);
    ProgramTensor b = ops.exp(a);
    ProgramTensor c = ops.exp(b);

    BufferAssignment assignment = assign(c);

    assertThat(assignment.plan().bytes()).isEqualTo(2 * 10 * Float.BYTES);
    assertThat(assignment.buffer(b.id())).as("after the input").isEqualTo(buffer(assignment, x));
    assertThat(assignment.buffer(c.id())).isEqualTo(buffer(assignment, a));
  }

  private static java.util.OptionalInt buffer(BufferAssignment assignment, ProgramTensor tensor) {
    return assignment.buffer(tensor.id());
  }

  @Test
  void whatIsReadLaterKeepsItsBuffer() {
    ProgramTensor x = program.input("x", DataType.FLOAT, TEN);
    ProgramTensor a = ops.exp(x);
    ProgramTensor b = ops.exp(a);
    ProgramTensor sum = ops.add(b, a);

    BufferAssignment assignment = assign(sum);

    assertThat(buffer(assignment, b)).isNotEqualTo(buffer(assignment, a));
  }

  @Test
  void anAliasKeepsTheBufferOfItsElements() {
    ProgramTensor x = program.input("x", DataType.FLOAT, TEN);
    ProgramTensor a = ops.exp(x);
    Extent two = Extent.of(Dim.of(2));
    Extent five = Extent.of(Dim.of(5));
    ProgramTensor alias = program.reshape(a, List.of(two, five));
    ProgramTensor b = ops.exp(x);
    ProgramTensor c = ops.exp(b);
    ProgramTensor d = ops.add(program.reshape(c, List.of(two, five)), alias);

    BufferAssignment assignment = assign(d);

    assertThat(buffer(assignment, alias)).isEqualTo(buffer(assignment, a));
    assertThat(List.of(buffer(assignment, b), buffer(assignment, c)))
        .doesNotContain(buffer(assignment, a));
  }

  @Test
  void noTwoLiveTensorsShareABufferInATrainingStep() {
    Graph graph =
        TrainingForm.of(Encoder.training(EncoderSettings.of(Variant.FA_CA, 64, 4))).graph();
    CompiledGraph compiled = CompiledGraph.withGradient(graph, Encoder.LOSS, true);
    List<Program.Step> steps = compiled.program().steps(compiled.results());
    Map<String, Long> sizes = Map.of("batch", 3L, "time", 50L);
    long[] lengths =
        compiled.program().tensors().stream()
            .mapToLong(tensor -> Tensor.sizeOf(Extent.resolve(tensor.shape(), sizes)))
            .toArray();
    BufferAssignment assignment =
        new BufferAssignment(compiled.program(), steps, compiled.results(), lengths);

    // Simulated: whose elements a buffer holds. A step must find in it what was written last.
    Map<Integer, Integer> holders = new HashMap<>();
    List<Integer> leaves = new ArrayList<>();
    compiled.program().inputs().values().forEach(tensor -> leaves.add(tensor.id()));
    leaves.addAll(compiled.program().shapes().keySet());
    leaves.addAll(compiled.program().sequences().keySet());
    leaves.forEach(id -> write(assignment, holders, id));
    for (Program.Step step : steps) {
      step.operands().forEach(id -> requireHeld(assignment, holders, id));
      step.results().forEach(id -> write(assignment, holders, id));
      step.operands().forEach(id -> requireHeld(assignment, holders, id));
    }
    compiled.results().forEach(tensor -> requireHeld(assignment, holders, tensor.id()));
    long unshared = LongStream.of(lengths).sum() * Float.BYTES;
    assertThat(assignment.plan().bytes()).isLessThan(unshared / 2);
  }

  private static void write(
      BufferAssignment assignment, Map<Integer, Integer> holders, int tensor) {
    assignment.buffer(tensor).ifPresent(buffer -> holders.put(buffer, assignment.root(tensor)));
  }

  private static void requireHeld(
      BufferAssignment assignment, Map<Integer, Integer> holders, int tensor) {
    assignment
        .buffer(tensor)
        .ifPresent(
            buffer ->
                assertThat(holders.get(buffer)).as("buffer").isEqualTo(assignment.root(tensor)));
  }

  @Test
  void everyParameterOfTheEncoderHasAGradient() {
    Graph graph =
        TrainingForm.of(Encoder.training(EncoderSettings.of(Variant.FA_CA, 64, 8))).graph();
    CompiledGraph compiled = CompiledGraph.withGradient(graph, Encoder.LOSS, true);
    assertThat(compiled.gradients()).hasSameSizeAs(graph.parameters());
  }
}
