/**
 * What a backend or an export format implements and how it is found.
 *
 * <p>A {@link ser.api.spi.BackendProvider} says what it is without loading its engine; it opens a
 * {@link ser.api.spi.Backend}, which compiles graphs into {@link ser.api.spi.InferenceFunction}s
 * and {@link ser.api.spi.GradientFunction}s. A {@link ser.api.spi.GraphExporter} writes graphs for
 * other programs.
 */
package ser.api.spi;
