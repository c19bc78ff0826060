package ser.graph.ir;

import java.util.SplittableRandom;

/** The distribution of a parameter before training. */
public sealed interface Initializer {

  /**
   * Every element the same.
   *
   * @param value the value
   */
  record Constant(double value) implements Initializer {}

  /**
   * Drawn evenly from [−bound, bound).
   *
   * @param bound above zero
   */
  record Uniform(double bound) implements Initializer {}

  /**
   * Drawn from a normal distribution of mean zero.
   *
   * @param deviation the standard deviation
   */
  record Normal(double deviation) implements Initializer {}

  /** {@return all zeros} */
  static Initializer zeros() {
    return new Constant(0);
  }

  /** {@return all ones} */
  static Initializer ones() {
    return new Constant(1);
  }

  /**
   * The initialisation of linear layers without a rectifier behind them.
   *
   * @param fanIn inputs of one unit
   * @param fanOut outputs one input reaches
   * @return uniform with bound √(6/(fanIn+fanOut)) (Glorot and Bengio 2010, equation 16)
   */
  static Initializer glorot(long fanIn, long fanOut) {
    return new Uniform(Math.sqrt(6.0 / (fanIn + fanOut)));
  }

  /**
   * The initialisation of layers with a rectifier behind them.
   *
   * @param fanIn inputs of one unit
   * @return normal with deviation √(2/fanIn) (He et al. 2015, equation 10)
   */
  static Initializer he(long fanIn) {
    return new Normal(Math.sqrt(2.0 / fanIn));
  }

  /**
   * Draws initial values.
   *
   * @param count how many elements
   * @param random where they are drawn from
   * @return the elements
   */
  default float[] draw(int count, SplittableRandom random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      if (this instanceof Constant constant) {
        values[i] = (float) constant.value;
      } else if (this instanceof Uniform uniform) {
        values[i] = (float) (random.nextDouble(-1, 1) * uniform.bound);
      } else if (this instanceof Normal normal) {
        values[i] = (float) (random.nextGaussian() * normal.deviation);
      }
    }
    return values;
  }
}
