package ser.pipeline.recognition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpeechSegmenterTests {
  private final List<String> segments = new ArrayList<>();
  private final SpeechSegmenter segmenter =
      new SpeechSegmenter(20, 100, (from, to) -> segments.add(from + "-" + to));

  private void frames(int count, double probability) {
    for (int i = 0; i < count; i++) {
      segmenter.accept((float) probability);
    }
  }

  @Test
  void aPauseEndsASegment() {
    frames(7, 0);
    frames(30, 0.9);
    frames(19, 0);
    frames(10, 0.9);
    frames(20, 0);
    assertThat(segments).containsExactly("7-66");
    frames(10, 0.1);
    frames(30, 0.8);
    segmenter.finish();
    assertThat(segments).containsExactly("7-66", "96-126");
  }

  @Test
  void aSegmentIsBegunByFiveFramesOfSpeechAndGoesOnWithLess() {
    frames(4, 0.9);
    frames(1, 0.7);
    frames(4, 0.9);
    frames(30, 0.3);
    assertThat(segments).isEmpty();
    frames(6, 0.4);
    frames(5, 0.8);
    frames(30, 0.36);
    frames(20, 0.34);
    assertThat(segments).containsExactly("39-80");
  }

  @Test
  void nothingPrecedesTheOnsetByMoreThanHalfASecond() {
    frames(90, 0.5);
    assertThat(segmenter.earliest()).isEqualTo(35);
    frames(5, 0.9);
    frames(20, 0);
    assertThat(segments).containsExactly("40-95");
  }

  @Test
  void longSpeechIsDividedWithoutAGap() {
    frames(250, 1);
    assertThat(segments).containsExactly("0-100", "100-200");
    segmenter.finish();
    assertThat(segments).containsExactly("0-100", "100-200", "200-250");
  }

  @Test
  void aClickIsNoSegment() {
    frames(9, 1);
    frames(30, 0);
    frames(10, 1);
    frames(30, 0);
    segmenter.finish();
    assertThat(segments).containsExactly("39-49");
  }

  @Test
  void whatIsNoSegmentYetIsNotForgotten() {
    frames(50, 0);
    assertThat(segmenter.earliest()).isEqualTo(50);
    frames(3, 1);
    assertThat(segmenter.earliest()).isEqualTo(50);
    frames(10, 1);
    assertThat(segmenter.earliest()).isEqualTo(50);
    frames(20, 0);
    assertThat(segmenter.earliest()).isEqualTo(83);
  }
}
