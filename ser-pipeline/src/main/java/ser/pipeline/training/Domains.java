package ser.pipeline.training;

import java.util.List;
import ser.pipeline.corpus.Utterance;

/** Which clips are of one domain for domain-adversarial training. */
public enum Domains {
  /** Those of one speaker of one corpus. */
  SPEAKER {
    @Override
    Object of(Utterance utterance) {
      return List.of(utterance.corpus(), utterance.speaker());
    }
  },
  /** Those of one corpus. */
  CORPUS {
    @Override
    Object of(Utterance utterance) {
      return utterance.corpus();
    }
  };

  /** {@return the domain of a clip; equal for clips of one domain} */
  abstract Object of(Utterance utterance);
}
