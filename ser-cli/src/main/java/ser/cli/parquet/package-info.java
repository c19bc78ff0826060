/**
 * Writes flat tables as Apache Parquet files.
 *
 * <p>Written by hand because no library fits: Apache's parquet-hadoop, and what is built on it
 * (parquet-floor, Carpet), is 19 MB and more in jars that share packages, which Java refuses on the
 * module path, and brings native code; Hardwood reads only, and needs Java 21. What a flat table
 * needs of the format is little.
 */
@NullMarked
package ser.cli.parquet;

import org.jspecify.annotations.NullMarked;
