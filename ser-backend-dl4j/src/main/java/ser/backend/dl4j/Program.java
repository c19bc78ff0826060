package ser.backend.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;
import org.nd4j.linalg.api.ops.impl.transforms.same.Reciprocal;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.factory.Nd4j;
import ser.graph.ir.Dim;

/**
 * A SameDiff graph that is being built, together with what SameDiff does not keep: the order of its
 * operations, and shapes in terms of the sizes that a run binds.
 *
 * <p>What depends on those sizes alone (target shapes, sequences) enters as placeholders, so that
 * one program serves all sizes.
 */
final class Program {
  private final SameDiff sameDiff = SameDiff.create();
  private final List<Term> terms = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private final Map<String, Term> inputs = new LinkedHashMap<>();
  private final Map<String, Term> parameters = new LinkedHashMap<>();
  private final Map<Integer, INDArray> constants = new LinkedHashMap<>();
  private final Map<Integer, List<Extent>> shapes = new LinkedHashMap<>();
  private final Map<Integer, Sequence> sequences = new LinkedHashMap<>();
  private final Map<Integer, List<Integer>> maxima = new LinkedHashMap<>();
  private final Map<Object, Term> known = new LinkedHashMap<>();

  /**
   * One operation.
   *
   * @param function what ND4J executes
   * @param operands the ids of its operands
   * @param results the ids of its results
   * @param alias whether the result is the first operand under another shape: nothing to execute
   */
  record Step(
      DifferentialFunction function, List<Integer> operands, List<Integer> results, boolean alias) {
    Step {
      operands = List.copyOf(operands);
      results = List.copyOf(results);
    }
  }

  /**
   * A vector of numbers at equal distances.
   *
   * @param length how many
   * @param first the first of them
   * @param step from one to the next
   */
  record Sequence(Extent length, double first, double step) {}

  /** What ND4J computes element by element outside its named operations. */
  enum Transform {
    NEGATIVE,
    ABSOLUTE,
    SIGN,
    EXP,
    LOG,
    SQRT,
    RECIPROCAL,
    ERF
  }

  /** The SameDiff graph. */
  SameDiff sameDiff() {
    return sameDiff;
  }

  List<Term> terms() {
    return terms;
  }

  Map<String, Term> inputs() {
    return inputs;
  }

  Map<String, Term> parameters() {
    return parameters;
  }

  /** What is the same in all runs, by term. */
  Map<Integer, INDArray> constants() {
    return constants;
  }

  /** Placeholders whose elements are a shape, by term. */
  Map<Integer, List<Extent>> shapes() {
    return shapes;
  }

  /** Placeholders whose length alone is for the run to tell, by term. */
  Map<Integer, Sequence> sequences() {
    return sequences;
  }

  /** Axes that must not be empty because the largest along them is asked for, by term. */
  Map<Integer, List<Integer>> maxima() {
    return maxima;
  }

  /** The operations that some terms need, in order. */
  List<Step> steps(List<Term> wanted) {
    BitSet needed = new BitSet(terms.size());
    wanted.forEach(term -> needed.set(term.id()));
    List<Step> kept = new ArrayList<>();
    for (int i = steps.size() - 1; i >= 0; i--) {
      Step step = steps.get(i);
      if (step.results.stream().anyMatch(needed::get)) {
        step.operands.forEach(needed::set);
        kept.add(0, step);
      }
    }
    return kept;
  }

  Term input(String name, DataType dataType, List<Extent> shape) {
    Term term = placeholder("input:" + name, dataType, shape);
    inputs.put(name, term);
    return term;
  }

  Term parameter(String name, List<Extent> shape) {
    Term term = placeholder("parameter:" + name, DataType.FLOAT, shape);
    parameters.put(name, term);
    return term;
  }

  Term constant(DataType dataType, double value) {
    return known.computeIfAbsent(
        List.of(dataType, value), key -> constant(Nd4j.scalar(dataType, value)));
  }

  Term constant(long[][] values) {
    return constant(Nd4j.createFromArray(values));
  }

  private Term constant(INDArray array) {
    SDVariable variable = sameDiff.constant("constant" + terms.size(), array);
    List<Extent> shape = Arrays.stream(array.shape()).mapToObj(Dim::of).map(Extent::of).toList();
    Term term = term(variable, array.dataType(), shape);
    constants.put(term.id(), array);
    return term;
  }

  /** Counts from 0. */
  Term range(Extent length, DataType dataType) {
    return sequence(new Sequence(length, 0, 1), dataType);
  }

  /** The same number, again and again. */
  Term repeated(double number, Extent length) {
    return sequence(new Sequence(length, number, 0), DataType.FLOAT);
  }

  private Term sequence(Sequence sequence, DataType dataType) {
    return known.computeIfAbsent(
        List.of(dataType, sequence),
        key -> {
          String name = "sequence" + terms.size();
          Term term = placeholder(name, dataType, List.of(sequence.length));
          sequences.put(term.id(), sequence);
          return term;
        });
  }

  private Term shape(List<Extent> shape) {
    return known.computeIfAbsent(
        shape,
        key -> {
          Term term =
              placeholder(
                  "shape" + terms.size(), DataType.INT64, List.of(Extent.of(Dim.of(shape.size()))));
          shapes.put(term.id(), shape);
          return term;
        });
  }

  private Term placeholder(String name, DataType dataType, List<Extent> shape) {
    long[] sizes = shape.stream().mapToLong(Extent::known).toArray();
    return term(sameDiff.placeHolder(name, dataType, sizes), dataType, shape);
  }

  private Term term(SDVariable variable, DataType dataType, List<Extent> shape) {
    Term term = new Term(terms.size(), variable, dataType, List.copyOf(shape));
    terms.add(term);
    return term;
  }

  /** Attributes of a native operation. */
  record Arguments(List<Long> integers, List<Double> numbers, List<Boolean> switches) {
    static final Arguments NONE = new Arguments(List.of(), List.of(), List.of());

    static Arguments of(long... integers) {
      return new Arguments(Arrays.stream(integers).boxed().toList(), List.of(), List.of());
    }
  }

  /** Adds a native operation of one result. */
  Term add(String name, Arguments arguments, DataType type, List<Extent> shape, Term... operands) {
    return addAll(name, arguments, type, List.of(shape), operands).get(0);
  }

  /** Adds a native operation. */
  List<Term> addAll(
      String name,
      Arguments arguments,
      DataType type,
      List<List<Extent>> results,
      Term... operands) {
    Operation operation =
        new Operation(
            sameDiff,
            name,
            results.stream().map(shape -> type).toList(),
            List.of(operands).stream().map(Term::variable).toArray(SDVariable[]::new));
    arguments.integers.forEach(operation::addIArgument);
    arguments.numbers.forEach(operation::addTArgument);
    arguments.switches.forEach(operation::addBArgument);
    return record(operation, operation.outputVariables(), type, results, operands);
  }

  private List<Term> record(
      DifferentialFunction function,
      SDVariable[] variables,
      DataType type,
      List<List<Extent>> shapes,
      Term... operands) {
    List<Term> results = new ArrayList<>();
    for (int i = 0; i < variables.length; i++) {
      results.add(term(variables[i], type, shapes.get(i)));
    }
    steps.add(
        new Step(
            function,
            List.of(operands).stream().map(Term::id).toList(),
            results.stream().map(Term::id).toList(),
            function.opName().equals("reshape")));
    return results;
  }

  /** Adds a function of each element. */
  Term add(Transform transform, Term x) {
    SDVariable v = x.variable();
    DifferentialFunction function =
        switch (transform) {
          case NEGATIVE -> new Negative(sameDiff, v, false);
          case ABSOLUTE -> new Abs(sameDiff, v, false);
          case SIGN -> new Sign(sameDiff, v, false);
          case EXP -> new Exp(sameDiff, v, false);
          case LOG -> new Log(sameDiff, v, false);
          case SQRT -> new Sqrt(sameDiff, v, false);
          case RECIPROCAL -> new Reciprocal(sameDiff, v);
          case ERF -> new Erf(sameDiff, v, false);
        };
    return record(function, function.outputVariables(), x.dataType(), List.of(x.shape()), x).get(0);
  }

  /** The same elements under another shape. */
  Term reshape(Term x, List<Extent> shape) {
    return x.shape().equals(shape)
        ? x
        : add("reshape", Arguments.NONE, x.dataType(), shape, x, shape(shape));
  }

  /** The elements repeated to a shape that they broadcast to. */
  Term broadcast(Term x, List<Extent> shape) {
    return x.shape().equals(shape)
        ? x
        : add("broadcast_to", Arguments.NONE, x.dataType(), shape, x, shape(shape));
  }
}
