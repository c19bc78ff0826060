/**
 * Seeded changes of clips and features that make a training set larger.
 *
 * <p>Every draw comes from the generator that the caller passes, so the same seed gives the same
 * data.
 */
package ser.features.augment;
