/** What {@code ser-pipeline} and jars of models provide; applications do not use it. */
package ser.api.spi;
