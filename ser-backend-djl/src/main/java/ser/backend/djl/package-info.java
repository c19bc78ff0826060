/**
 * From a graph to PyTorch: {@link ser.backend.djl.TorchScript} writes the graph as source, {@link
 * ser.backend.djl.TorchArchive} packs source and weights as PyTorch's own files do, {@link
 * ser.backend.djl.TorchModule} loads and calls the archive, and the backend's functions sit on top.
 * {@link ser.backend.djl.TorchScriptExporter} writes the archive for PyTorch elsewhere.
 */
package ser.backend.djl;
