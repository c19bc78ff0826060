/** Small applications to copy, each in one file with a {@code main} method. */
package ser.examples;
