package ser.pipeline.training;

import ser.api.SerException;

/**
 * Range checks of settings.
 *
 * @param group the group of settings, with which messages begin
 */
record Setting(String group) {
  /**
   * Checks a setting.
   *
   * @throws SerException when it is not valid: its name, its value and what is expected
   */
  void require(boolean valid, String name, Object found, String expected) {
    if (!valid) {
      throw new SerException("%s: %s is %s; expected %s".formatted(group, name, found, expected));
    }
  }

  void requireWithin(String name, int found, int least, int most) {
    require(found >= least && found <= most, name, found, least + " to " + most);
  }

  void requireWithin(String name, double found, int least, int most) {
    require(found >= least && found <= most, name, found, least + " to " + most);
  }

  /** For shares that may be 0 but must stay below a bound. */
  void requireBelow(String name, double found, int bound) {
    require(found >= 0 && found < bound, name, found, "0 to below " + bound);
  }
}
