package ser.cli.commands;

import java.util.ArrayList;
import java.util.List;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.Control;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Line;
import javax.sound.sampled.LineListener;
import javax.sound.sampled.TargetDataLine;

/** A microphone line of given samples, as fast as they are read, that then waits to be closed. */
final class FakeMicrophone implements TargetDataLine {
  private final AudioFormat format;
  private final byte[] sound;
  private final Runnable atTheEnd;
  private final List<String> calls = new ArrayList<>();
  private int position;
  private boolean closed;

  /**
   * An open line.
   *
   * @param sound 16-bit samples, little-endian, channel by channel
   * @param atTheEnd run once, when all of them have been read
   */
  FakeMicrophone(int rate, int channels, byte[] sound, Runnable atTheEnd) {
    this.format = new AudioFormat(rate, 16, channels, true, false);
    this.sound = sound;
    this.atTheEnd = atTheEnd;
  }

  /** The calls of the line other than reads. */
  synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    synchronized (this) {
      int count = Math.min(length, sound.length - position);
      if (count > 0) {
        System.arraycopy(sound, position, into, offset, count);
        position += count;
        return count;
      }
    }
    atTheEnd.run();
    synchronized (this) {
      while (!closed) {
        try {
          wait();
        } catch (InterruptedException e) {
          return 0;
        }
      }
    }
    return 0;
  }

  @Override
  public AudioFormat getFormat() {
    return format;
  }

  @Override
  public synchronized void start() {
    calls.add("start");
  }

  @Override
  public synchronized void stop() {
    calls.add("stop");
  }

  @Override
  public synchronized void close() {
    calls.add("close");
    closed = true;
    notifyAll();
  }

  @Override
  public synchronized boolean isOpen() {
    return !closed;
  }

  @Override
  public boolean isRunning() {
    return isOpen();
  }

  @Override
  public boolean isActive() {
    return isOpen();
  }

  @Override
  public void open(AudioFormat wanted, int bufferSize) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void open(AudioFormat wanted) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void open() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void drain() {}

  @Override
  public void flush() {}

  @Override
  public int getBufferSize() {
    return sound.length;
  }

  @Override
  public int available() {
    return sound.length - position;
  }

  @Override
  public int getFramePosition() {
    return position / format.getFrameSize();
  }

  @Override
  public long getLongFramePosition() {
    return getFramePosition();
  }

  @Override
  public long getMicrosecondPosition() {
    throw new UnsupportedOperationException();
  }

  @Override
  public float getLevel() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Line.Info getLineInfo() {
    return new DataLine.Info(TargetDataLine.class, format);
  }

  @Override
  public Control[] getControls() {
    return new Control[0];
  }

  @Override
  public boolean isControlSupported(Control.Type control) {
    return false;
  }

  @Override
  public Control getControl(Control.Type control) {
    throw new IllegalArgumentException(control.toString());
  }

  @Override
  public void addLineListener(LineListener listener) {}

  @Override
  public void removeLineListener(LineListener listener) {}
}
