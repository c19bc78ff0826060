/** Mono clips, reading them from WAV and FLAC, resampling them, writing them as WAV. */
package ser.features.audio;
