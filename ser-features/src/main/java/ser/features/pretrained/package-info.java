/** Pretrained encoders of speech, whose outputs are features, and the SPI of their formats. */
package ser.features.pretrained;
