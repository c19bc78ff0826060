/** The command line {@code ser}: the entry point, its exit codes and its errors. */
package ser.cli;
