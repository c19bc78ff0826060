package ser.onnx;

import java.util.List;

/**
 * An operator in an ONNX graph.
 *
 * @param operator its name in the default operator set
 * @param name the node's name, unique in the graph
 * @param inputs names of values
 * @param output the name of its only result
 * @param attributes the operator's
 */
record OnnxNode(
    String operator, String name, List<String> inputs, String output, List<Attribute> attributes) {
  // Fields of NodeProto.
  private static final int INPUT = 1;
  private static final int OUTPUT = 2;
  private static final int NAME = 3;
  private static final int OP_TYPE = 4;
  private static final int ATTRIBUTE = 5;

  OnnxNode withOutput(String newOutput) {
    return new OnnxNode(operator, name, inputs, newOutput, attributes);
  }

  Message message() {
    Message message = new Message();
    inputs.forEach(input -> message.text(INPUT, input));
    message.text(OUTPUT, output).text(NAME, name).text(OP_TYPE, operator);
    attributes.forEach(attribute -> message.message(ATTRIBUTE, attribute.message()));
    return message;
  }
}
