/** What is reported on a model: accuracies, the confusion matrix, calibration, and their spread. */
package ser.pipeline.metrics;
