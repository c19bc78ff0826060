package ser.pipeline.modelpackage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import ser.api.ModelException;

/** What every refusal of a file looks like. */
public final class Refusals {
  private Refusals() {}

  /** Expects a {@link ModelException} of one line that names a file; returns the line. */
  public static String refusal(Path file, Runnable call) {
    Throwable thrown = catchThrowable(call::run);
    assertThat(thrown).as("refusal of %s", file).isInstanceOf(ModelException.class);
    String message = String.valueOf(thrown.getMessage());
    assertThat(message).startsWith(file + ": ").hasLineCount(1);
    return message;
  }
}
