/**
 * Decoders of further audio formats: a jar on the class path or module path provides {@link
 * ser.features.audio.spi.AudioDecoderProvider}, and {@link ser.features.audio.AudioFiles} reads its
 * formats.
 */
@NullMarked
package ser.features.audio.spi;

import org.jspecify.annotations.NullMarked;
