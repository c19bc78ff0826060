/**
 * Training, specified once for all backends: the optimiser, its schedule and the session that
 * steps. A backend only supplies gradients.
 */
package ser.graph.training;
