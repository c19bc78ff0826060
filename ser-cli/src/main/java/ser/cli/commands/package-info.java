/** One class for each command of {@link ser.cli.SerCommand}, and the options that they share. */
package ser.cli.commands;
