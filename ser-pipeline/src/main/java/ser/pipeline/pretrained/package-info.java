/** The cache of pretrained encoders' outputs. */
package ser.pipeline.pretrained;
