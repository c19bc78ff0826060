package ser.pipeline.corpus;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One labelled audio file.
 *
 * @param id unique in its corpus and independent of where the corpus lies on disk
 * @param path the audio file
 * @param label the emotion, one of {@link Corpus#labels()}
 * @param speaker who speaks; what speaker-disjoint protocols keep apart
 * @param session the recording session, where the corpus has sessions
 */
public record Utterance(
    String id, Path path, String label, String speaker, Optional<String> session) {}
