/**
 * Building blocks for backend authors: the standard steps of compiling for inference, and the
 * lifecycle of compiled functions.
 */
package ser.graph.spi.support;
