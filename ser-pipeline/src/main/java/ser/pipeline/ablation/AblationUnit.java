package ser.pipeline.ablation;

/**
 * The training of one fold: the unit of work of an ablation.
 *
 * @param variant the variant's name
 * @param seed the seed of its run
 * @param fold the fold's number, from 1
 */
public record AblationUnit(String variant, long seed, int fold) {
  @Override
  public String toString() {
    return "%s, seed %d, fold %d".formatted(variant, seed, fold);
  }
}
