package ser.benchmarks;

import java.util.List;
import java.util.Map;
import ser.api.SerException;

/** Finds a Python that has what the peer needs. */
final class Python {
  private static final String NEEDS = "import torch, torchaudio, numpy";

  /** Debian's own is asked first: its packages are not seen by others. */
  private static final List<String> CANDIDATES = List.of("/usr/bin/python3", "python3");

  private Python() {}

  /**
   * The first that serves.
   *
   * @throws SerException when none does
   */
  static String interpreter() {
    return CANDIDATES.stream()
        .filter(Python::serves)
        .findFirst()
        .orElseThrow(
            () ->
                new SerException(
                    "No python3 with PyTorch and torchaudio was found; install python3-torch, python3-torchaudio and libopenblas0"));
  }

  private static boolean serves(String candidate) {
    try {
      new PeerProcess(candidate, List.of(candidate, "-c", NEEDS), Map.of()).run();
      return true;
    } catch (SerException e) {
      return false;
    }
  }
}
