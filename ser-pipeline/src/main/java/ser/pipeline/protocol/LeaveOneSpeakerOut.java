package ser.pipeline.protocol;

import java.util.List;
import java.util.Set;
import ser.api.SerException;
import ser.pipeline.corpus.Corpus;

/** One fold for each speaker of any corpus, in the order of their names. */
record LeaveOneSpeakerOut() implements Protocol {
  @Override
  public String name() {
    return "loso";
  }

  @Override
  public List<Fold> folds(Corpus corpus, long seed, Development development) {
    List<String> speakers = corpus.speakers();
    int needed = development == Development.NONE ? 2 : 3;
    if (speakers.size() < needed) {
      throw new SerException(
          "loso does not fit corpus %s: found the speakers %s; expected at least %d speakers"
              .formatted(corpus.name(), String.join(", ", speakers), needed));
    }
    return Groups.leaveOneGroupOut(
        corpus, corpus::speakerOf, speakers.stream().map(Set::of).toList(), development);
  }
}
