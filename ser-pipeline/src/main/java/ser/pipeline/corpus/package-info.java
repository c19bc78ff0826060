/**
 * Corpora of labelled speech: utterances and readers for the published layouts. Reading a corpus
 * lists and checks files; it never decodes audio.
 */
package ser.pipeline.corpus;
