package ser.pipeline.protocol;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import ser.pipeline.corpus.Corpus;
import ser.pipeline.corpus.Utterance;

/** Leaves one of IEMOCAP's five sessions out; its two speakers are in no other session. */
record IemocapFiveSession() implements Protocol {
  private static final List<Set<String>> TESTED =
      List.of(Set.of("Ses01"), Set.of("Ses02"), Set.of("Ses03"), Set.of("Ses04"), Set.of("Ses05"));

  @Override
  public String name() {
    return "iemocap-5session";
  }

  @Override
  public OptionalInt foldCount() {
    return OptionalInt.of(TESTED.size());
  }

  @Override
  public List<Fold> folds(Corpus corpus, long seed, Development development) {
    Set<String> all = TESTED.stream().flatMap(Set::stream).collect(Collectors.toSet());
    Set<String> found =
        corpus.utterances().stream().map(IemocapFiveSession::session).collect(Collectors.toSet());
    Groups.require(name(), corpus, "sessions", all, found);
    return Groups.leaveOneGroupOut(corpus, IemocapFiveSession::session, TESTED, development);
  }

  private static String session(Utterance utterance) {
    return utterance.session().orElse("(none)");
  }
}
