/**
 * Export of graphs as ONNX models: {@link ser.onnx.OnnxLowering} lowers each operation to ONNX
 * operators, {@link ser.onnx.OnnxGraph} assembles them, {@link ser.onnx.OnnxModel} lays the model
 * out as {@code onnx.proto} does, {@link ser.onnx.Message} is the wire format.
 *
 * <p><b>Inputs of an exported encoder.</b> The model checks shapes and no values. A clip's {@code
 * lengths} entry enters through masks alone, which clamps it: a length beyond the padded features
 * counts as their number of frames, and 0 or a negative number as a clip without valid frames. Such
 * a clip gets finite probabilities that depend on no feature and mean nothing; a caller should
 * refuse it, as the recogniser does.
 */
package ser.onnx;
