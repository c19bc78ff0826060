/** Somebody's application: it knows the API alone. */
module hear {
  requires ser.api;
}
