/** Results as tables, CSV, JSON lines and Parquet, progress bars, and text for the terminal. */
package ser.cli.output;
