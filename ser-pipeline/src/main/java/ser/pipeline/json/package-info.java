/** The reading and writing of JSON, for every format of this toolkit. */
@org.jspecify.annotations.NullMarked
package ser.pipeline.json;
