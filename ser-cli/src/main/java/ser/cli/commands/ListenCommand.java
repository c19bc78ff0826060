package ser.cli.commands;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import ser.api.EmotionRecognizer;
import ser.api.EmotionStream;
import ser.api.SerException;
import ser.cli.microphone.Microphones;
import ser.cli.microphone.Recording;
import ser.cli.microphone.SampleBuffer;
import ser.cli.output.Progress;
import ser.cli.output.WindowPrinter;

/** Classifies the sound of a microphone, window by window. */
@Command(
    name = "listen",
    description = {
      "Name the emotion in the sound of the microphone, a line each hop, until Ctrl-C.",
      "Nothing is stored, and nothing leaves this machine."
    },
    exitCodeList = {
      "0:success",
      "1:something could not be done",
      "2:wrong usage",
      "130, 143:ended by Ctrl-C or SIGTERM"
    })
public final class ListenCommand implements Callable<Integer> {
  private static final long LOOK_UP_MILLISECONDS = 100;

  private final Microphones microphones;
  private final Supplier<Interruption> interruptions;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private EngineOptions engine = new EngineOptions();
  @Mixin private StreamingOptions streaming = new StreamingOptions();

  @Option(
      names = "--microphone",
      paramLabel = "NAME",
      description = "Part of the microphone's name; the machine's first by default.")
  private Optional<String> microphone = Optional.empty();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "End after so many seconds of sound.")
  private Optional<Double> seconds = Optional.empty();

  @Option(names = "--json", description = "One object a line: start, end, emotion, probabilities.")
  private boolean json;

  /** For picocli. */
  ListenCommand() {
    this(new Microphones.OfTheMachine(), Interruption::watch);
  }

  /**
   * Makes a command on other microphones.
   *
   * @param microphones their source
   * @param interruptions makes the watch for signals
   */
  ListenCommand(Microphones microphones, Supplier<Interruption> interruptions) {
    this.microphones = microphones;
    this.interruptions = interruptions;
  }

  @Override
  public Integer call() {
    streaming.check();
    if (!(seconds.orElse(1.0) > 0)) {
      throw new UsageException(
          "--seconds: found %s, expected more than 0".formatted(seconds.get()));
    }
    // The engine comes first: sound recorded while it loads would be late.
    try (EmotionRecognizer recognizer = streaming.load(engine.recognizer());
        Interruption interruption = interruptions.get();
        Recording recording = Recording.of(microphones.open(microphone))) {
      PrintWriter out = spec.commandLine().getOut();
      WindowPrinter printer =
          json ? WindowPrinter.json(out) : WindowPrinter.table(out, recognizer.labels());
      if (Progress.isShown()) {
        spec.commandLine()
            .getErr()
            .printf(
                Locale.ROOT,
                "Recording at %d Hz; the first line comes %s, Ctrl-C ends%n",
                recording.sampleRate(),
                streaming.firstResult());
      }
      try (EmotionStream stream = streaming.open(recognizer, recording.sampleRate(), printer)) {
        classify(recording, stream, interruption);
        stream.finish();
      }
    }
    return 0;
  }

  private void classify(Recording recording, EmotionStream stream, Interruption interruption) {
    int rate = recording.sampleRate();
    SampleBuffer buffer = recording.buffer();
    float[] piece = new float[rate / 10];
    long left = Math.round(seconds.orElse(Long.MAX_VALUE / (double) rate) * rate);
    PrintWriter out = spec.commandLine().getOut();
    try {
      // That a reader such as head has ended shows in the results' stream alone.
      while (left > 0 && !interruption.isRequested() && !out.checkError()) {
        int count = (int) Math.min(left, buffer.take(piece, LOOK_UP_MILLISECONDS));
        if (count == 0 && buffer.exhausted()) {
          throw new SerException("The microphone gives no more sound; was it unplugged?");
        }
        reportDropped(buffer.dropped(), rate);
        stream.push(piece, 0, count);
        left -= count;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void reportDropped(long samples, int rate) {
    if (samples > 0) {
      spec.commandLine()
          .getErr()
          .printf(
              Locale.ROOT,
              "ser: %.1f s of sound were dropped, computing is slower than the sound;"
                  + " a longer --hop helps%n",
              (double) samples / rate);
    }
  }
}
