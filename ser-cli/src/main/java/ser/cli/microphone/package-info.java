/** Recording from a microphone into a bounded buffer. */
package ser.cli.microphone;
