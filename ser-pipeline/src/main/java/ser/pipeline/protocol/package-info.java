/**
 * Evaluation protocols: how a corpus is divided into training, development and test parts, and the
 * check at run time that nothing leaks from one part into another.
 */
package ser.pipeline.protocol;
