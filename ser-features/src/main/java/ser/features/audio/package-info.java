/**
 * Mono clips: reading them from WAV and FLAC, and resampling.
 *
 * <p>FLAC is decoded by jflac-codec. Its jar registers a FLAC reader and converter with {@code
 * javax.sound.sampled}, so {@code AudioSystem} opens FLAC files in every application with this
 * module on its path. This package itself does not use {@code javax.sound}.
 */
package ser.features.audio;
