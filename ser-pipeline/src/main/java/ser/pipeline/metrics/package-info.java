/** Metrics of a model: accuracies, the confusion matrix, calibration error, and their spread. */
package ser.pipeline.metrics;
