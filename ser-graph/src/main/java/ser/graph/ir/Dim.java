package ser.graph.ir;

import java.util.Map;

/**
 * One dimension of a tensor in a graph: a fixed size, a named size known only when the graph runs,
 * or what convolution and pooling make of a named size.
 *
 * <p>Two dimensions that are equal as expressions are the same size in every run. All expressions
 * are kept in one normal form, so that {@code equals} decides it: strides of 2 and 2 give the same
 * dimension as one stride of 4.
 */
public sealed interface Dim {

  /**
   * A size known when the graph is built.
   *
   * @param size elements, not negative
   */
  record Fixed(long size) implements Dim {
    /** Checks the size. */
    public Fixed {
      if (size < 0) {
        throw new GraphException("A dimension cannot be negative: " + size);
      }
    }

    @Override
    public String toString() {
      return Long.toString(size);
    }
  }

  /**
   * A size that each run of the graph binds anew, such as {@code batch} or {@code time}.
   *
   * @param name a word of letters, digits and underscores that begins with a letter
   */
  record Symbol(String name) implements Dim {
    /** Checks the name. */
    public Symbol {
      if (!name.matches("[A-Za-z][A-Za-z0-9_]*")) {
        throw new GraphException("A dimension's name must be a word, found '%s'".formatted(name));
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * ⌊(symbol + offset) / divisor⌋.
   *
   * @param symbol the size it derives from
   * @param offset what is added first
   * @param divisor 1 or more
   */
  record Quotient(Symbol symbol, long offset, long divisor) implements Dim {
    /** Checks the divisor and that a plain symbol is not written as a quotient. */
    public Quotient {
      if (divisor < 1 || (divisor == 1 && offset == 0)) {
        throw new GraphException(
            "Not in normal form: (%s%+d)/%d".formatted(symbol, offset, divisor));
      }
    }

    @Override
    public String toString() {
      return "(%s%+d)/%d".formatted(symbol, offset, divisor);
    }
  }

  /**
   * Returns a fixed dimension.
   *
   * @param size elements, not negative
   * @return the fixed dimension
   */
  static Dim of(long size) {
    return new Fixed(size);
  }

  /**
   * Returns a named dimension.
   *
   * @param name the name that a run binds to a size
   * @return the named dimension
   */
  static Symbol symbol(String name) {
    return new Symbol(name);
  }

  /**
   * Adds a number to this dimension.
   *
   * @param amount what to add, may be negative
   * @return this dimension plus the amount
   */
  default Dim plus(long amount) {
    if (this instanceof Fixed fixed) {
      return new Fixed(fixed.size + amount);
    }
    if (this instanceof Quotient quotient) {
      return quotient(
          quotient.symbol, quotient.offset + amount * quotient.divisor, quotient.divisor);
    }
    return quotient((Symbol) this, amount, 1);
  }

  /**
   * Divides this dimension, rounding down.
   *
   * @param divisor 1 or more
   * @return this dimension divided, rounded down
   */
  default Dim floorDivide(long divisor) {
    if (this instanceof Fixed fixed) {
      return new Fixed(Math.floorDiv(fixed.size, divisor));
    }
    if (this instanceof Quotient quotient) {
      return quotient(quotient.symbol, quotient.offset, quotient.divisor * divisor);
    }
    return quotient((Symbol) this, 0, divisor);
  }

  private static Dim quotient(Symbol symbol, long offset, long divisor) {
    return divisor == 1 && offset == 0 ? symbol : new Quotient(symbol, offset, divisor);
  }

  /** {@return true when the size is known as the graph is built} */
  default boolean isFixed() {
    return this instanceof Fixed;
  }

  /**
   * Returns the size of a fixed dimension.
   *
   * @return the size of a fixed dimension
   * @throws GraphException when the size is not fixed
   */
  default long size() {
    if (this instanceof Fixed fixed) {
      return fixed.size;
    }
    throw new GraphException("The size of dimension %s must be fixed here".formatted(this));
  }

  /**
   * Computes the size of this dimension in a run.
   *
   * @param sizes what a run bound each symbol to
   * @return this dimension's size in that run; what would be negative is zero
   * @throws GraphException when a symbol is not bound
   */
  default long resolve(Map<String, Long> sizes) {
    if (this instanceof Fixed fixed) {
      return fixed.size;
    }
    Symbol symbol = this instanceof Quotient quotient ? quotient.symbol : (Symbol) this;
    Long size = sizes.get(symbol.name);
    if (size == null) {
      throw new GraphException(
          "Dimension '%s' has no size in this run; known: %s".formatted(symbol, sizes.keySet()));
    }
    if (this instanceof Quotient quotient) {
      return Math.max(0, Math.floorDiv(size + quotient.offset, quotient.divisor));
    }
    return size;
  }
}
