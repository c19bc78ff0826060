/** How this module's files get onto the disk whole or not at all. */
package ser.features.io;
