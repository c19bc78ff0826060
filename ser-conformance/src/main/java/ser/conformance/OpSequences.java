package ser.conformance;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import ser.graph.ir.Dim;
import ser.graph.ir.Graph;
import ser.graph.ir.GraphBuilder;
import ser.graph.ir.Initializer;
import ser.graph.ir.Op;
import ser.graph.ir.Value;

/** Sequences of operations that engines fuse, compute in place, or lay out in another order. */
enum OpSequences {
  /** As {@code ser.attention.Encoder} normalises by statistics of its own steps. */
  CONVOLUTION_NORMALISED_AND_POOLED(
      p -> {
        GraphBuilder g = p.g;
        Value own = g.mul(p.convolved(p.drawn(2, 3, 6, 5)), p.steps());
        Value mean = g.scale(g.sum(own, 0, 2, 3), 0.1);
        Value power = g.scale(g.sum(g.square(own), 0, 2, 3), 0.1);
        Value deviation = g.sqrt(g.add(power, g.constant(0.5)));
        Value factor = g.div(p.drawn(1, 4, 1, 1), deviation);
        Value normal = g.add(g.mul(own, factor), g.sub(p.drawn(1, 4, 1, 1), g.mul(mean, factor)));
        Op.Pool pool = new Op.Pool(Op.Pooling.MAX, List.of(3, 2), List.of(2, 2), List.of(1, 0));
        Value pooled = g.relu(g.pool(pool, g.mul(normal, p.steps())));
        return g.transpose(pooled, 0, 2, 3, 1);
      }),

  CONVOLUTION_OF_STACKED_CHANNELS(
      p -> {
        GraphBuilder g = p.g;
        Value level = p.drawn(2, 1, 6, 5);
        Value x = g.concat(1, level, g.square(level), p.drawn(2, 1, 6, 5));
        Value y = p.convolved(g.tanh(p.convolved(x)));
        return g.add(g.sigmoid(y), y);
      }),

  /** A convolution whose neighbours prefer another memory layout. */
  CONVOLUTION_AMONG_OTHERS(
      p -> {
        GraphBuilder g = p.g;
        Value y = g.scale(p.convolved(p.drawn(2, 3, 6, 5)), 0.2);
        Value withAll = g.mul(g.add(y, p.drawn(2, 4, 6, 5)), p.drawn(5));
        Value withRows = g.max(g.add(y, p.drawn(6, 1)), p.drawn(4, 1, 1));
        Value overChannels = g.softmax(g.add(withAll, withRows), 1);
        Value largest = g.reduce(Op.Reduction.MAX, y, 1); // [2, 1, 6, 5]
        Value ofChannels = g.reduce(Op.Reduction.MEAN, g.square(y), 2, 3); // [2, 4, 1, 1]
        Value again = g.scale(p.convolved(g.mul(g.add(overChannels, largest), ofChannels)), 0.2);
        return g.transpose(g.add(again, y), 1, 3, 0, 2);
      }),

  CONVOLUTION_ALONG_ONE_AXIS(
      p -> {
        GraphBuilder g = p.g;
        Op.Conv conv = new Op.Conv(List.of(1), List.of(1), List.of(1), 1);
        Value y = g.conv(conv, p.drawn(2, 3, 7), p.drawn(4, 3, 3), p.drawn(4));
        Op.Pool pool = new Op.Pool(Op.Pooling.AVERAGE, List.of(2), List.of(2), List.of(0));
        return g.transpose(g.pool(pool, g.relu(g.add(y, p.drawn(4, 1)))), 0, 2, 1);
      }),

  RESULTS_READ_AGAIN(
      p -> {
        GraphBuilder g = p.g;
        Value x = p.drawn(3, 4);
        Value product = g.mul(x, p.drawn(3, 4));
        Value sum = g.add(product, g.constant(1));
        Value bent = g.tanh(g.sub(sum, p.drawn(4)));
        Value powers = g.unary(Op.UnaryFunction.EXP, g.scale(bent, 0.5));
        Value ratio = g.div(g.add(product, bent), g.add(powers, g.constant(2)));
        Value doubled = g.mul(g.matMul(ratio, p.drawn(4, 4)), g.constant(2));
        return g.add(g.mul(g.sigmoid(doubled), doubled), g.sqrt(g.add(powers, g.constant(0.1))));
      }),

  SUMS_AT_ALL_ENDS(
      p -> {
        GraphBuilder g = p.g;
        Value x = p.drawn(2, 3, 4, 5);
        Value all = g.sum(x, 0, 1, 2, 3);
        Value ends = g.add(g.sum(g.square(x), 0, 3), g.reduce(Op.Reduction.MEAN, x, 0, 1, 3));
        Value inner = g.add(g.sum(x, 1), g.reduce(Op.Reduction.MEAN, g.square(x), 1, 2));
        Value rows = g.mul(g.reduce(Op.Reduction.MEAN, x, 2, 3), g.sum(x, 0));
        return g.add(g.add(ends, inner), g.mul(rows, all));
      }),

  BROADCASTS_OF_ALL_KINDS(
      p -> {
        GraphBuilder g = p.g;
        Value x = p.drawn(2, 3, 4, 5);
        Value y = g.mul(g.add(p.drawn(2, 1, 4, 1), p.drawn(1, 3, 1, 5)), x);
        Value z = g.sub(g.mul(y, p.drawn(2, 3, 1, 1)), p.drawn(1, 1, 4, 5));
        return g.div(z, g.add(g.square(p.drawn(3, 4, 1)), g.constant(1)));
      });

  @SuppressWarnings("ImmutableEnumChecker") // the bodies hold nothing
  private final Function<Parameters, Value> body;

  OpSequences(Function<Parameters, Value> body) {
    this.body = body;
  }

  /** The chain on parameters, with a loss. */
  Graph graph() {
    Parameters parameters = new Parameters(toString());
    return CompositeFixture.completed(parameters.g, body.apply(parameters));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** The parameters of a sequence. */
  private static final class Parameters {
    final GraphBuilder g;
    private int count;

    Parameters(String name) {
      g = new GraphBuilder(name);
    }

    Value drawn(long... shape) {
      return g.parameter("p" + count++, new Initializer.Uniform(1.5), shape);
    }

    /** To four channels. */
    Value convolved(Value x) {
      Op.Conv conv = new Op.Conv(List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);
      return g.conv(conv, x, drawn(4, x.dim(1).size(), 3, 3));
    }

    /** A mask over six steps of two clips, of which the second has four. */
    Value steps() {
      Value clips = g.reshape(g.range(Dim.of(2)), Dim.of(2), Dim.of(1), Dim.of(1), Dim.of(1));
      Value step = g.reshape(g.range(Dim.of(6)), Dim.of(1), Dim.of(1), Dim.of(6), Dim.of(1));
      Value length = g.sub(g.constant(6), g.scale(clips, 2));
      return g.compare(Op.Comparison.LESS, step, length);
    }
  }
}
