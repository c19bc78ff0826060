/** The model {@code base} and eight clips to try it on. */
package ser.model.base;
