package ser.cli.output;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Standard output; it ends the command when nothing reads it any more, as in {@code | head}. */
public final class StandardOutput extends FilterOutputStream {
  private static final String NO_READER = "Broken pipe";

  /** Opens the standard output of the process. */
  public StandardOutput() {
    this(new FileOutputStream(FileDescriptor.out));
  }

  StandardOutput(OutputStream out) {
    super(new BufferedOutputStream(out));
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw ended(e);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      throw ended(e);
    }
  }

  private static IOException ended(IOException failure) {
    if (NO_READER.equals(failure.getMessage())) {
      throw new NoReaderException(failure);
    }
    return failure;
  }
}
