/** Rewrites of graphs: graph in, graph out, each specified once for all backends. */
package ser.graph.rewrite;
