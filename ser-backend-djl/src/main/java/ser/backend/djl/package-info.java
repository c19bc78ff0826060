/**
 * The backend on PyTorch: a compiler from graphs to TorchScript, and a runtime on DJL.
 *
 * <p>Compilation is a pipeline. {@link ser.backend.djl.CompilationPlan} decomposes the composites
 * that PyTorch has no kernel for, eliminates common subexpressions, and decides on fusion,
 * operations in place and kernels of convolutions, each for training or inference. {@link
 * ser.backend.djl.ScriptWriter} writes the planned graph as the source of a module: {@link
 * ser.backend.djl.OperationWriter} has one method for each operation, with {@link
 * ser.backend.djl.ConvolutionWriter}, {@link ser.backend.djl.AttentionWriter} and {@link
 * ser.backend.djl.FusionWriter} for those that have several forms. The result, a {@link
 * ser.backend.djl.TorchScript}, is packed with its weights by {@link ser.backend.djl.TorchArchive}
 * into PyTorch's own file format.
 *
 * <p>At run time {@link ser.backend.djl.TorchEngine} loads PyTorch, {@link
 * ser.backend.djl.TorchModule} loads an archive and calls it, and {@link
 * ser.backend.djl.TorchInference} and {@link ser.backend.djl.TorchGradient} are the functions of
 * the SPI. {@link ser.backend.djl.TorchScriptExporter} writes the archive to a file, for PyTorch in
 * other programs.
 */
package ser.backend.djl;
