/** Output files that appear on the disk whole or not at all, and checksums. */
package ser.pipeline.io;
