/** Checksums, for the packages of this module alone. */
package ser.pipeline.hash;
