/**
 * Multi-head self-attention, Focus-Attention and Calibration-Attention (Kim, An and Kim 2022) as
 * graph builders.
 *
 * <p>{@link ser.attention.SelfAttention} builds the mechanism in its four {@link
 * ser.attention.Variant}s; {@link ser.attention.Encoder} builds the classifier around it, in one of
 * two {@link ser.attention.Architecture}s.
 *
 * <p>In shapes, B is the batch, T the time steps, H the heads, d the width of a head and D = H·d.
 */
package ser.attention;
