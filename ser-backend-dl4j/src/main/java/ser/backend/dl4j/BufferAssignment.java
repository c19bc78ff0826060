package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Liveness analysis and linear-scan buffer assignment: tensors that are never live at once share a
 * buffer. A tensor is live from the step that writes it to the last that reads it or an alias of
 * it; leaves are live from the start, and the results of a run to its end.
 *
 * <p>Parameters and constants have memory of their own; they and tensors without elements get no
 * buffer.
 */
final class BufferAssignment {
  private static final int NEVER = -1;
  private static final int END = Integer.MAX_VALUE;

  private final int[] roots;
  private final int[] lastUses;
  private final Map<Integer, Integer> buffersByRoot = new HashMap<>();
  private final BufferPlan plan = new BufferPlan();

  /**
   * Assigns buffers to the tensors of a program.
   *
   * @param program the tensors and their leaves
   * @param steps the operations that a run executes, in order
   * @param results the tensors that are read after a run
   * @param lengths the number of elements of each tensor, by id
   */
  BufferAssignment(
      Program program,
      List<Program.Step> steps,
      Collection<ProgramTensor> results,
      long[] lengths) {
    roots = roots(program, steps);
    lastUses = lastUses(program, steps, results);
    assign(program, steps, lengths);
  }

  /** For each tensor, the one whose elements it is an alias of, or itself. */
  private static int[] roots(Program program, List<Program.Step> steps) {
    int[] roots = new int[program.tensors().size()];
    Arrays.setAll(roots, id -> id);
    for (Program.Step step : steps) {
      if (step.isAlias()) {
        roots[step.results().get(0)] = roots[step.operands().get(0)];
      }
    }
    return roots;
  }

  /** For each root, the index of the last step that touches it or an alias of it. */
  private int[] lastUses(
      Program program, List<Program.Step> steps, Collection<ProgramTensor> results) {
    int[] lastUses = new int[roots.length];
    Arrays.fill(lastUses, NEVER);
    for (int i = 0; i < steps.size(); i++) {
      for (int id : touched(steps.get(i))) {
        lastUses[roots[id]] = i;
      }
    }
    results.forEach(tensor -> lastUses[roots[tensor.id()]] = END);
    // Written once for all runs of these sizes.
    program.shapes().keySet().forEach(id -> lastUses[id] = END);
    program.sequences().keySet().forEach(id -> lastUses[id] = END);
    return lastUses;
  }

  private void assign(Program program, List<Program.Step> steps, long[] lengths) {
    List<Integer> leaves = new ArrayList<>();
    program.inputs().values().forEach(tensor -> leaves.add(tensor.id()));
    leaves.addAll(program.shapes().keySet());
    leaves.addAll(program.sequences().keySet());
    leaves.forEach(id -> take(program, id, lengths));
    for (int i = 0; i < steps.size(); i++) {
      Program.Step step = steps.get(i);
      if (!step.isAlias()) {
        step.results().forEach(id -> take(program, id, lengths));
      }
      Set<Integer> touchedRoots = new LinkedHashSet<>();
      touched(step).forEach(id -> touchedRoots.add(roots[id]));
      for (int root : touchedRoots) {
        @Nullable Integer buffer = buffersByRoot.get(root);
        if (buffer != null && lastUses[root] == i) {
          plan.release(buffer);
        }
      }
    }
  }

  private static List<Integer> touched(Program.Step step) {
    List<Integer> touched = new ArrayList<>(step.operands());
    touched.addAll(step.results());
    return touched;
  }

  private void take(Program program, int id, long[] lengths) {
    if (lastUses[id] != NEVER && lengths[id] > 0) {
      buffersByRoot.put(id, plan.take(program.tensors().get(id).dataType(), lengths[id]));
    }
  }

  /** {@return the buffers and their sizes} */
  BufferPlan plan() {
    return plan;
  }

  /** {@return the buffer of a tensor, if it has one of the plan} */
  OptionalInt buffer(int tensor) {
    @Nullable Integer buffer = buffersByRoot.get(roots[tensor]);
    return buffer == null ? OptionalInt.empty() : OptionalInt.of(buffer);
  }

  /** {@return the tensor whose elements a tensor is an alias of, or itself} */
  int root(int tensor) {
    return roots[tensor];
  }
}
