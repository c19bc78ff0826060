/** Pretrained encoders as ONNX files, run by ONNX Runtime. */
package ser.encoders;
