package ser.api;

/** Precision of float32 matrix products on a GPU; a CPU always computes in float32. */
public enum Precision {
  /** Float32 throughout: results agree with those of a CPU. */
  FLOAT32,
  /**
   * TensorFloat-32 in products and convolutions (10 bits of mantissa) where the GPU has it: faster.
   */
  TENSOR_FLOAT_32
}
