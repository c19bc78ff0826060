import org.jspecify.annotations.NullMarked;

/** The command line {@code ser}, and its demo. */
@NullMarked
module ser.cli {
  requires java.desktop; // javax.sound, for the microphone
  requires ser.model.base;
  requires ser.pipeline;
  requires ser.report;
  requires ser.server;
  requires info.picocli;
  requires me.tongfei.progressbar;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.csv;
  requires static org.jspecify;

  uses ser.api.spi.ModelProvider;

  // picocli fills options and arguments by reflection.
  opens ser.cli to
      info.picocli;
  opens ser.cli.commands to
      info.picocli;
}
