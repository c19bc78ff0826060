/** The model {@code ravdess} and eight clips to try it on. */
package ser.model.ravdess;
