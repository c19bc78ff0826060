/**
 * The service-provider interfaces of backends and export formats, and their discovery.
 *
 * <p>A {@link ser.graph.spi.BackendProvider} says what it is without loading its engine; it opens a
 * {@link ser.graph.spi.Backend}, which compiles graphs into {@link
 * ser.graph.spi.InferenceFunction}s and {@link ser.graph.spi.GradientFunction}s. A {@link
 * ser.graph.spi.GraphExporter} writes graphs for other programs.
 */
package ser.graph.spi;
