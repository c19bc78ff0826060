/** What goes wrong with requests and sessions, and their parameters. */
package ser.server.problem;
