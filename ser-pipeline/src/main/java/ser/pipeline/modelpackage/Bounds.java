package ser.pipeline.modelpackage;

import ser.api.ModelException;

/** Checks of the numbers in a description: a file may hold any. */
final class Bounds {
  private Bounds() {}

  /**
   * Checks a number.
   *
   * @param key its key in {@code model.json}
   * @throws ModelException when it is not a number from {@code least} to {@code most}
   */
  static void require(String key, double number, double least, double most) {
    if (!(number >= least && number <= most)) {
      throw new ModelException("%s: %s; expected %s to %s".formatted(key, number, least, most));
    }
  }

  /**
   * Checks a number that has no bound above.
   *
   * @param key its key in {@code model.json}
   * @throws ModelException when it is less than {@code least}
   */
  static void requireAtLeast(String key, int number, int least) {
    if (number < least) {
      throw new ModelException("%s: %d; expected %d or more".formatted(key, number, least));
    }
  }
}
