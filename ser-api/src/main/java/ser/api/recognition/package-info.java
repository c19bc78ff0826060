/** The entry points of an application: load a model, classify audio, read the answer. */
package ser.api.recognition;
