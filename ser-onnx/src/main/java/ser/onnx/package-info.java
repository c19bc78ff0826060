/**
 * From a graph to an ONNX model: {@link ser.onnx.OnnxGraph} says each operation in ONNX's
 * operators, {@link ser.onnx.OnnxModel} lays the model out as {@code onnx.proto} does, {@link
 * ser.onnx.Message} is the wire format.
 */
package ser.onnx;
