import org.jspecify.annotations.NullMarked;

/** The command line {@code ser}, its demo and the model in the box. */
@NullMarked
module ser.examples {
  requires java.desktop; // javax.sound, for the microphone
  requires ser.pipeline;
  requires info.picocli;
  requires me.tongfei.progressbar;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.csv;
  requires static org.jspecify;

  // picocli fills options and arguments by reflection.
  opens ser.examples to
      info.picocli;
}
