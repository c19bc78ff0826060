/**
 * The command line: one class for each command of {@link ser.examples.SerCommand}, and what they
 * share.
 */
package ser.examples;
