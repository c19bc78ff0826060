/** Log-mel, MFCC and RMS matrices from clips, in librosa's conventions. */
package ser.features.dsp;
