package ser.pipeline.protocol;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Part;
import ser.pipeline.corpus.Utterance;
import ser.pipeline.corpus.WavFiles;

/** A small corpus, built clip by clip, with real files. */
final class MadeUpCorpus {
  private final Path folder;
  private final List<Utterance> utterances = new ArrayList<>();

  MadeUpCorpus(Path folder) {
    this.folder = folder;
  }

  /** Adds a clip whose samples occur in no other. */
  MadeUpCorpus clip(String label, String speaker) {
    return clip(label, speaker, utterances.size());
  }

  /** Adds a clip of the given samples. */
  MadeUpCorpus clip(String label, String speaker, int... samples) {
    return add(label, speaker, Optional.empty(), samples);
  }

  /** Adds a clip of a session whose samples occur in no other. */
  MadeUpCorpus turn(String session, String speaker) {
    return add("sad", speaker, Optional.of(session), utterances.size());
  }

  /** Adds a clip with a sentence, whose samples occur in no other. */
  MadeUpCorpus sentence(String sentence, String speaker) {
    turn("1", speaker);
    int last = utterances.size() - 1;
    utterances.set(last, utterances.get(last).withSentence(Optional.of(sentence)));
    return this;
  }

  /** Adds a clip of a given part, whose samples occur in no other. */
  MadeUpCorpus part(Part part, String speaker) {
    turn("1", speaker);
    int last = utterances.size() - 1;
    utterances.set(last, utterances.get(last).withPart(Optional.of(part)));
    return this;
  }

  private MadeUpCorpus add(String label, String speaker, Optional<String> session, int... samples) {
    String id = "clip" + utterances.size();
    Path file = WavFiles.write(folder.resolve(id + ".wav"), samples);
    utterances.add(Utterance.of("made-up", id, file, label, speaker).withSession(session));
    return this;
  }

  Corpus corpus() {
    return new Corpus(
        "made-up",
        utterances.stream().map(Utterance::label).distinct().sorted().toList(),
        utterances,
        List.of());
  }
}
