package ser.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LogWriterTests {
  @Test
  void linesAreWrittenInOrder() {
    StringWriter out = new StringWriter();
    try (LogWriter log = new LogWriter(new PrintWriter(out))) {
      log.add("one");
      log.add("two");
    }
    assertThat(out.toString().lines()).containsExactly("one", "two");
  }

  @Test
  void nobodyWaitsForAReaderThatDoesNotRead() {
    CountDownLatch never = new CountDownLatch(1);
    Writer stuck =
        new Writer() {
          @Override
          public void write(char[] text, int offset, int length) {
            try {
              never.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    LogWriter log = new LogWriter(new PrintWriter(stuck));
    for (int line = 0; line < 20_000; line++) {
      log.add("a line");
    }
    assertThat(log.dropped()).isBetween(1L, 20_000L);
    never.countDown();
    log.close();
  }
}
