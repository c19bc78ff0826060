/**
 * The service interfaces that {@code ser-pipeline} and jars of models implement, and their lookup;
 * applications do not use them.
 */
package ser.api.spi;
