/** What all failures are reported as. */
package ser.api;
