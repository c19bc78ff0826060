/**
 * The command line: one class for each command of {@link ser.cli.SerCommand}, and what they share.
 */
package ser.cli;
