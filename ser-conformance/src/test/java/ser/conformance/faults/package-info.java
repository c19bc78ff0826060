/**
 * Backends that are wrong on purpose, each in one way: the reference behind a wrapper that breaks a
 * rule. The kit must find out.
 */
package ser.conformance.faults;
