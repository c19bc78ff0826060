package ser.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import ser.graph.ir.Dim;
import ser.graph.ir.TensorType;
import ser.graph.tensor.DataType;
import ser.graph.tensor.Tensor;

/**
 * An ONNX model, field by field as in {@code onnx.proto}.
 *
 * @param name name of the graph
 * @param inputs types of the inputs, by name, in order
 * @param outputs types of the results, by name, in order
 * @param initializers weights and constants, by name
 * @param nodes operators in topological order
 */
record OnnxModel(
    String name,
    Map<String, TensorType> inputs,
    Map<String, TensorType> outputs,
    Map<String, Tensor> initializers,
    List<OnnxNode> nodes) {
  /**
   * The operator set. 18 is the first in which all reductions take their axes as an operand, and
   * includes LayerNormalization of 17. Later sets are not needed, and would exclude older runtimes:
   * ONNX Runtime reads 18 since 1.14 of February 2023.
   */
  static final int OPSET = 18;

  /** The version of the file format that came with that operator set. */
  private static final int IR_VERSION = 8;

  // Fields of ModelProto.
  private static final int MODEL_IR_VERSION = 1;
  private static final int MODEL_PRODUCER = 2;
  private static final int MODEL_GRAPH = 7;
  private static final int MODEL_OPSET = 8;
  private static final int OPSET_DOMAIN = 1;
  private static final int OPSET_VERSION = 2;

  // Fields of GraphProto.
  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_NAME = 2;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int GRAPH_INPUT = 11;
  private static final int GRAPH_OUTPUT = 12;

  // Fields of ValueInfoProto, TypeProto and TensorShapeProto.
  private static final int VALUE_NAME = 1;
  private static final int VALUE_TYPE = 2;
  private static final int TYPE_TENSOR = 1;
  private static final int TENSOR_ELEMENT = 1;
  private static final int TENSOR_SHAPE = 2;
  private static final int SHAPE_DIM = 1;
  private static final int DIM_VALUE = 1;
  private static final int DIM_PARAM = 2;

  // Fields of TensorProto.
  private static final int TENSOR_DIMS = 1;
  private static final int TENSOR_TYPE = 2;
  private static final int TENSOR_NAME = 8;
  private static final int TENSOR_RAW = 9;

  // TensorProto.DataType.
  static final int FLOAT = 1;
  static final int INT32 = 6;
  static final int INT64 = 7;
  static final int BOOL = 9;

  static int code(DataType dataType) {
    return switch (dataType) {
      case FLOAT32 -> FLOAT;
      case INT64 -> INT64;
    };
  }

  /** The model as a message of {@code onnx.proto}. */
  Message message() {
    Message graph = new Message();
    nodes.forEach(node -> graph.message(GRAPH_NODE, node.message()));
    graph.text(GRAPH_NAME, name);
    initializers.forEach(
        (called, tensor) -> graph.message(GRAPH_INITIALIZER, tensor(called, tensor)));
    inputs.forEach((called, type) -> graph.message(GRAPH_INPUT, value(called, type)));
    outputs.forEach((called, type) -> graph.message(GRAPH_OUTPUT, value(called, type)));
    return new Message()
        .integer(MODEL_IR_VERSION, IR_VERSION)
        .text(MODEL_PRODUCER, "ser")
        .message(MODEL_GRAPH, graph)
        .message(MODEL_OPSET, new Message().text(OPSET_DOMAIN, "").integer(OPSET_VERSION, OPSET));
  }

  private static Message tensor(String name, Tensor tensor) {
    Message message = new Message();
    for (long dim : tensor.shape()) {
      message.integer(TENSOR_DIMS, dim);
    }
    ByteBuffer raw =
        ByteBuffer.allocate(Math.multiplyExact(tensor.size(), tensor.dataType().bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    switch (tensor.dataType()) {
      case FLOAT32 -> raw.asFloatBuffer().put(tensor.floats());
      case INT64 -> raw.asLongBuffer().put(tensor.longs());
    }
    return message
        .integer(TENSOR_TYPE, code(tensor.dataType()))
        .text(TENSOR_NAME, name)
        .bytes(TENSOR_RAW, raw.array());
  }

  private static Message value(String name, TensorType type) {
    Message shape = new Message();
    for (Dim dim : type.shape()) {
      shape.message(
          SHAPE_DIM,
          dim.isFixed()
              ? new Message().integer(DIM_VALUE, dim.size())
              : new Message().text(DIM_PARAM, dim.toString()));
    }
    Message tensor =
        new Message().integer(TENSOR_ELEMENT, code(type.dataType())).message(TENSOR_SHAPE, shape);
    return new Message()
        .text(VALUE_NAME, name)
        .message(VALUE_TYPE, new Message().message(TYPE_TENSOR, tensor));
  }
}
