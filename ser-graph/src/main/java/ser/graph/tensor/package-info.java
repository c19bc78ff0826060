/** Dense tensors on the Java heap: what goes into a graph and what comes out. */
package ser.graph.tensor;
