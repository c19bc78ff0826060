/**
 * Corpora of labelled speech: what an utterance is, and readers for the published layouts. Reading
 * a corpus lists and checks files; it never decodes audio.
 */
package ser.pipeline.corpus;
