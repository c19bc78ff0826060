package ser.features.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ser.api.AudioException;
import ser.api.ChannelSelection;
import ser.api.SerException;

class ChannelMixTests {
  private static final int FRAMES = 16_000;

  private final Path folder;

  ChannelMixTests(@TempDir Path folder) {
    this.folder = folder;
  }

  private static double voice(int i) {
    return 0.3 * Math.sin(i * 0.05) * Math.sin(i * 0.0007) + 0.1 * Math.sin(i * 0.31);
  }

  private static double otherVoice(int i) {
    return 0.2 * Math.sin(i * 0.043 + 1) + 0.1 * Math.sin(i * 0.0031);
  }

  private static short level(double value) {
    return (short) Math.round(value * 32_767);
  }

  private static byte[] wav(int frames, IntToDoubleFunction... channels) {
    int count = channels.length;
    return new WavBytes()
        .format(1, count, 16_000, 2 * count, 16)
        .data(
            frames * 2 * count,
            to -> {
              for (int i = 0; i < frames; i++) {
                for (IntToDoubleFunction channel : channels) {
                  to.putShort(level(channel.applyAsDouble(i)));
                }
              }
            })
        .build();
  }

  private Path file(IntToDoubleFunction... channels) throws IOException {
    return Files.write(folder.resolve("a.wav"), wav(FRAMES, channels));
  }

  private record Reading(AudioClip clip, int channels, List<String> notes) {
    float[] samples() {
      return clip.samples();
    }
  }

  private static Reading read(Path path, ChannelSelection selection) {
    try (AudioSource source = AudioFiles.open(path, selection)) {
      AudioClip clip = source.readAll();
      return new Reading(clip, source.channels(), source.notes());
    }
  }

  private static Reading mix(Path path) {
    return read(path, ChannelSelection.mix());
  }

  private static float[] samples(IntToDoubleFunction channel) {
    float[] samples = new float[FRAMES];
    for (int i = 0; i < FRAMES; i++) {
      samples[i] = level(channel.applyAsDouble(i)) * 0x1p-15f;
    }
    return samples;
  }

  @Test
  void ordinaryStereoIsTheMeanOfItsChannels() throws IOException {
    Reading reading = mix(file(ChannelMixTests::voice, ChannelMixTests::otherVoice));

    float[] left = samples(ChannelMixTests::voice);
    float[] right = samples(ChannelMixTests::otherVoice);
    float[] mean = new float[FRAMES];
    for (int i = 0; i < FRAMES; i++) {
      mean[i] = (left[i] + right[i]) / 2;
    }
    assertThat(reading.samples()).isEqualTo(mean);
    assertThat(mix(flac(FRAMES, ChannelMixTests::voice, ChannelMixTests::otherVoice)).samples())
        .isEqualTo(mean);
    assertThat(reading.channels()).isEqualTo(2);
    assertThat(reading.notes()).isEmpty();
  }

  @Test
  void aSilentChannelLeavesTheOthersLevel() throws IOException {
    Reading left = mix(file(ChannelMixTests::voice, i -> 0));
    assertThat(left.samples()).isEqualTo(samples(ChannelMixTests::voice));
    assertThat(left.notes()).containsExactly("channel 2 is silent and left out of the mix");

    Reading right = mix(file(i -> 2 / 32_767.0 * (i % 2), ChannelMixTests::voice));
    assertThat(right.samples()).isEqualTo(samples(ChannelMixTests::voice));
    assertThat(right.notes()).containsExactly("channel 1 is silent and left out of the mix");
  }

  @Test
  void aChannelOfAConstantOffsetIsSilent() throws IOException {
    Reading reading = mix(file(ChannelMixTests::voice, i -> 0.3));

    assertThat(reading.samples()).isEqualTo(samples(ChannelMixTests::voice));
    assertThat(reading.notes()).containsExactly("channel 2 is silent and left out of the mix");
  }

  @Test
  void severalSilentChannelsAreNamedTogether() throws IOException {
    Reading reading = mix(file(i -> 0, ChannelMixTests::voice, i -> 0, ChannelMixTests::voice));

    assertThat(reading.samples()).isEqualTo(samples(ChannelMixTests::voice));
    assertThat(reading.notes()).containsExactly("channels 1, 3 are silent and left out of the mix");
  }

  @Test
  void silenceInAllChannelsIsTheirMean() throws IOException {
    Reading reading = mix(file(i -> 0, i -> 0));

    assertThat(reading.samples()).isEqualTo(new float[FRAMES]);
    assertThat(reading.notes()).isEmpty();
  }

  @Test
  void ofTwoChannelsThatCancelTheStrongerIsTaken() throws IOException {
    Reading weakerRight = mix(file(ChannelMixTests::voice, i -> -0.98 * voice(i)));
    assertThat(weakerRight.samples()).isEqualTo(samples(ChannelMixTests::voice));
    assertThat(weakerRight.notes())
        .containsExactly(
            "channels 1 and 2 cancel each other (correlation -1.00); channel 1, the stronger one, is used");

    Reading weakerLeft = mix(file(i -> -0.5 * voice(i) + 0.02, ChannelMixTests::voice));
    assertThat(weakerLeft.samples()).isEqualTo(samples(ChannelMixTests::voice));
    assertThat(weakerLeft.notes())
        .containsExactly(
            "channels 1 and 2 cancel each other (correlation -1.00); channel 2, the stronger one, is used");
  }

  @Test
  void exactlyInvertedChannelsGiveTheFirst() throws IOException {
    Reading reading = mix(file(ChannelMixTests::voice, i -> -voice(i)));

    float[] samples = samples(ChannelMixTests::voice);
    assertThat(reading.samples()).hasSameSizeAs(samples);
    for (int i = 0; i < FRAMES; i++) {
      assertThat(Math.abs(reading.samples()[i])).isEqualTo(Math.abs(samples[i]));
    }
    assertThat(reading.notes()).hasSize(1);
  }

  @Test
  void aPairThatCancelsAmongSeveralCountsOnce() throws IOException {
    Reading reading =
        mix(
            file(
                ChannelMixTests::otherVoice, i -> -0.5 * voice(i), ChannelMixTests::voice, i -> 0));

    float[] first = samples(ChannelMixTests::otherVoice);
    float[] third = samples(ChannelMixTests::voice);
    float[] mean = new float[FRAMES];
    for (int i = 0; i < FRAMES; i++) {
      mean[i] = (float) (((double) first[i] + third[i]) / 2);
    }
    assertThat(reading.samples()).isEqualTo(mean);
    assertThat(reading.notes()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aChannelIsReadByItsNumber(int number) throws IOException {
    Path path = file(ChannelMixTests::voice, i -> -voice(i), i -> 0);

    Reading reading = read(path, ChannelSelection.channel(number));

    IntToDoubleFunction expected =
        number == 1 ? ChannelMixTests::voice : number == 2 ? i -> -voice(i) : i -> 0;
    assertThat(reading.samples()).isEqualTo(samples(expected));
    assertThat(reading.notes()).isEmpty();
    assertThat(AudioFiles.read(path, ChannelSelection.channel(number)).samples())
        .isEqualTo(reading.samples());
  }

  @Test
  void aChannelOfFlacIsThatOfTheWav() throws IOException {
    Path flac = Files.write(folder.resolve("a"), FlacReadingTests.resource("stereo16.flac"));
    Path wav = Files.write(folder.resolve("b"), FlacReadingTests.resource("stereo16.wav"));

    for (int number = 1; number <= 2; number++) {
      ChannelSelection channel = ChannelSelection.channel(number);
      assertThat(AudioFiles.read(flac, channel)).isEqualTo(AudioFiles.read(wav, channel));
    }
    assertThat(AudioFiles.read(flac, ChannelSelection.channel(1)))
        .isNotEqualTo(AudioFiles.read(flac, ChannelSelection.channel(2)));
  }

  @Test
  void aMissingChannelIsNamed() throws IOException {
    Path stereo = file(ChannelMixTests::voice, ChannelMixTests::voice);
    Path mono = Files.write(folder.resolve("mono.wav"), wav(10, ChannelMixTests::voice));

    assertThatThrownBy(() -> AudioFiles.open(stereo, ChannelSelection.channel(3)))
        .isInstanceOf(AudioException.class)
        .hasMessage(stereo + ": has 2 channels; there is no channel 3");
    assertThatThrownBy(() -> AudioFiles.read(mono, ChannelSelection.channel(2)))
        .isInstanceOf(AudioException.class)
        .hasMessage(mono + ": has 1 channel; there is no channel 2");
  }

  @Test
  void eachChannelIsASourceOfItsOwn() throws IOException {
    Path path = file(ChannelMixTests::voice, ChannelMixTests::voice);

    assertThatThrownBy(() -> AudioFiles.open(path, ChannelSelection.each()))
        .isInstanceOf(SerException.class)
        .hasMessageStartingWith("Each channel is a source of its own");
  }

  @Test
  void piecesOfAMixMakeUpTheWhole() throws IOException {
    Path path = file(ChannelMixTests::voice, i -> 0, ChannelMixTests::otherVoice);
    float[] whole = mix(path).samples();
    SplittableRandom random = new SplittableRandom(3);

    try (AudioSource source = AudioFiles.open(path)) {
      float[] samples = new float[FRAMES];
      for (int done = 0; done < FRAMES; ) {
        done += source.read(samples, done, Math.min(FRAMES - done, random.nextInt(1, 9_000)));
      }
      assertThat(samples).isEqualTo(whole);
      assertThat(source.read(samples, 0, 9)).isZero();
    }
  }

  /** Frames of a piece, the granularity with which a channel joins the mix. */
  private static final int PIECE = 4096;

  private static int pieceStart(int choice, int frame) {
    return choice + (frame - choice) / PIECE * PIECE;
  }

  private static float meanOfBoth(IntToDoubleFunction one, IntToDoubleFunction other, int i) {
    return (level(one.applyAsDouble(i)) + level(other.applyAsDouble(i))) * 0x1p-16f;
  }

  private Path flac(int frames, IntToDoubleFunction... channels) throws IOException {
    short[][] levels = new short[channels.length][frames];
    for (int channel = 0; channel < channels.length; channel++) {
      for (int i = 0; i < frames; i++) {
        levels[channel][i] = level(channels[channel].applyAsDouble(i));
      }
    }
    return Files.write(folder.resolve("a.flac"), FlacBytes.of(16_000, levels));
  }

  @Test
  void aChannelJoinsTheMixWhereItIsSilentNoMore() throws IOException {
    int start = 61 * 16_000 + 3_000;
    int length = 75 * 16_000;
    IntToDoubleFunction late = i -> i < start ? 0 : otherVoice(i);
    Path path = Files.write(folder.resolve("call.wav"), wav(length, ChannelMixTests::voice, late));

    Reading reading = mix(path);

    int joined = pieceStart(160_000, start);
    assertThat(reading.notes())
        .containsExactly("channel 2 is silent until 60.9 s and mixed from there");
    assertThat(reading.samples()).hasSize(length);
    for (int i = 0; i < length; i++) {
      float expected =
          i < joined ? level(voice(i)) * 0x1p-15f : meanOfBoth(ChannelMixTests::voice, late, i);
      if (reading.samples()[i] != expected) {
        assertThat(reading.samples()[i]).as("sample %d", i).isEqualTo(expected);
      }
    }
    // The pieces in which it is read change neither the samples nor the notes.
    SplittableRandom random = new SplittableRandom(5);
    try (AudioSource source = AudioFiles.open(path)) {
      float[] samples = new float[length];
      for (int done = 0; done < length; ) {
        done += source.read(samples, done, Math.min(length - done, random.nextInt(1, 50_000)));
      }
      assertThat(samples).isEqualTo(reading.samples());
      assertThat(source.read(samples, 0, 1)).isZero();
      assertThat(source.notes()).isEqualTo(reading.notes());
    }
    Reading flac = mix(flac(length, ChannelMixTests::voice, late));
    assertThat(flac.notes()).isEqualTo(reading.notes());
    assertThat(flac.samples()).isEqualTo(reading.samples());
  }

  @Test
  void theChoiceIsMadeWhereSomeChannelSounds() throws IOException {
    int start = 70 * 16_000;
    int length = 110 * 16_000;
    IntToDoubleFunction late = i -> i < start ? 0 : voice(i);
    // Joins 35 s later; the third is silent to the end.
    int laterStart = start + 35 * 16_000;
    IntToDoubleFunction later = i -> i < laterStart ? 0 : otherVoice(i);
    Path path = Files.write(folder.resolve("long.wav"), wav(length, late, later, i -> 0));

    Reading reading = mix(path);

    assertThat(reading.notes())
        .containsExactly(
            "channel 3 is silent and left out of the mix",
            "channel 2 is silent until 104.8 s and mixed from there");
    int joined = pieceStart(start + 10 * 16_000, laterStart);
    for (int i = 0; i < length; i++) {
      float expected =
          i < joined ? level(late.applyAsDouble(i)) * 0x1p-15f : meanOfBoth(late, later, i);
      if (reading.samples()[i] != expected) {
        assertThat(reading.samples()[i]).as("sample %d", i).isEqualTo(expected);
      }
    }
  }

  @Test
  void aChannelThatSoundsWithinTheFirstTenSecondsIsMixedFromTheStart() throws IOException {
    int length = 12 * 16_000;
    IntToDoubleFunction late = i -> i < 9 * 16_000 ? 0 : otherVoice(i);
    Path path = Files.write(folder.resolve("late.wav"), wav(length, ChannelMixTests::voice, late));

    Reading reading = mix(path);

    assertThat(reading.notes()).isEmpty();
    float[] samples = reading.samples();
    for (int i = 0; i < length; i++) {
      if (samples[i] != meanOfBoth(ChannelMixTests::voice, late, i)) {
        assertThat(i).as("first sample that differs").isEqualTo(length);
      }
    }
  }

  @Test
  void aSingleLoudSampleEndsSilence() throws IOException {
    // Between the frames of which correlations are screened.
    Reading within = mix(file(ChannelMixTests::voice, i -> i == 3_000 ? 0.01 : 0));
    assertThat(within.notes()).isEmpty();

    int click = 11 * 16_000 + 3_000;
    Path path =
        Files.write(
            folder.resolve("click.wav"),
            wav(12 * 16_000, ChannelMixTests::voice, i -> i == click ? 0.01 : 0));
    assertThat(mix(path).notes())
        .containsExactly("channel 2 is silent until 11.0 s and mixed from there");
  }

  @Test
  void cancellationIsFoundBehindNoiseAndSilence() throws IOException {
    int start = 20 * 16_000;
    int length = 35 * 16_000;
    SplittableRandom random = new SplittableRandom(1);
    double[] noise = random.doubles(2L * length, -0.002, 0.002).toArray();
    // All silent, then noise that differs, then a voice that cancels.
    IntToDoubleFunction left = i -> i < start ? 0 : noise[i] + (i < start + 32_000 ? 0 : voice(i));
    IntToDoubleFunction right =
        i -> i < start ? 0 : noise[length + i] - (i < start + 32_000 ? 0 : 0.7 * voice(i));
    Path path = Files.write(folder.resolve("noise.wav"), wav(length, left, right));

    Reading reading = mix(path);

    assertThat(reading.notes())
        .singleElement()
        .asString()
        .startsWith("channels 1 and 2 cancel each other (correlation -1.00); channel 1,");
    assertThat(reading.samples()).hasSize(length);
    Reading flac = mix(flac(length, left, right));
    assertThat(flac.notes()).isEqualTo(reading.notes());
    assertThat(flac.samples()).isEqualTo(reading.samples());
    for (int i = 0; i < length; i++) {
      if (reading.samples()[i] != level(left.applyAsDouble(i)) * 0x1p-15f) {
        assertThat(reading.samples()[i])
            .as("sample %d", i)
            .isEqualTo(level(left.applyAsDouble(i)) * 0x1p-15f);
      }
    }
  }

  @Test
  void channelsThatCancelOnlyWhereTheyAreScreenedAreMixed() throws IOException {
    IntToDoubleFunction other = i -> i % PIECE < 64 ? -voice(i) : otherVoice(i);

    Reading reading = mix(file(ChannelMixTests::voice, other));

    assertThat(reading.notes()).isEmpty();
    for (int i = 0; i < FRAMES; i++) {
      assertThat(reading.samples()[i]).isEqualTo(meanOfBoth(ChannelMixTests::voice, other, i));
    }
  }

  @Test
  void aSampleThatIsNotANumberIsNamedWhicheverChannelItIsIn() throws IOException {
    WavBytes wav = new WavBytes().format(3, 2, 16_000, 8, 32);
    wav.data(24, to -> to.putFloat(0).putFloat(0).putFloat(Float.NaN).putFloat(1).putFloat(0));
    Path path = Files.write(folder.resolve("nan.wav"), wav.build());

    assertThatThrownBy(() -> AudioFiles.read(path))
        .isInstanceOf(AudioException.class)
        .hasMessage(path + ": sample 1 is NaN; expected finite numbers");
  }

  @Test
  void aHeaderThatClaimsManyChannelsTakesNoMemory() throws IOException {
    byte[] header =
        new WavBytes()
            .container("RF64")
            .riffSize(0xffff_ffffL)
            .chunk("ds64", WavBytes.littleEndian(28).putLong(0).putLong(1L << 31).array())
            .format(1, 32_767, 16_000, 2 * 32_767, 16)
            .chunk("data", 0xffff_ffffL, new byte[0])
            .build();
    Path path = folder.resolve("many.wav");
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(header);
      file.setLength(header.length + (1L << 31));
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    try (AudioSource source = AudioFiles.open(path)) {
      long before = threads.getCurrentThreadAllocatedBytes();
      assertThat(source.channels()).isEqualTo(32_767);
      assertThat(source.read(new float[100], 0, 100)).isEqualTo(100);
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(64 << 20);
    }
  }
}
