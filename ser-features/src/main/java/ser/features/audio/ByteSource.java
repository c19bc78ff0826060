package ser.features.audio;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import ser.features.audio.spi.RandomAccessBytes;

/**
 * The bytes of an audio file, at hand by position, with a size that is a fact and not a claim of
 * some header.
 */
interface ByteSource extends RandomAccessBytes, Closeable {
  /** Reads bytes that were there when the source was opened. */
  default void readFully(long position, byte[] into, int offset, int length) throws IOException {
    if (read(position, into, offset, length) < length) {
      throw new IOException("it became shorter while it was read");
    }
  }

  /** Its bytes from a position on; not to be closed. */
  default RandomAccessBytes from(long start) {
    return new RandomAccessBytes() {
      @Override
      public long size() {
        return ByteSource.this.size() - start;
      }

      @Override
      public int read(long position, byte[] into, int offset, int length) throws IOException {
        return ByteSource.this.read(start + position, into, offset, length);
      }
    };
  }

  /** {@return whether an interrupt of the reading thread has closed the file} */
  default boolean isInterrupted() {
    return false;
  }

  /** The bytes of an array. */
  static ByteSource of(byte[] bytes) {
    return new ByteSource() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public int read(long position, byte[] into, int offset, int length) {
        int count = (int) Math.max(0, Math.min(length, bytes.length - position));
        if (count > 0) {
          System.arraycopy(bytes, (int) position, into, offset, count);
        }
        return count;
      }

      @Override
      public void close() {}
    };
  }

  /** The bytes of an open file, as many as it has now; closing it closes the file. */
  static ByteSource of(FileChannel channel) throws IOException {
    long size = channel.size();
    return new ByteSource() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public int read(long position, byte[] into, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into, offset, length);
        long at = position;
        while (buffer.hasRemaining()) {
          int count = channel.read(buffer, at);
          if (count < 0) {
            break;
          }
          at += count;
        }
        return length - buffer.remaining();
      }

      @Override
      public boolean isInterrupted() {
        return !channel.isOpen() && Thread.currentThread().isInterrupted();
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }
}
