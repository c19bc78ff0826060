/** Decoders of compressed audio around pure-Java libraries. */
@NullMarked
package ser.audio.codecs;

import org.jspecify.annotations.NullMarked;
