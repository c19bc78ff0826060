package ser.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTests {
  @Test
  void columnsOfMarkdownLineUp() {
    Table table =
        Table.titled("Steps", "ms", "djl", "dl4j")
            .row("training", "1.50", "12,300")
            .note("On one thread.")
            .build();

    assertThat(table.markdown())
        .isEqualTo(
            """
            ### Steps

            | ms       |  djl |   dl4j |
            | -------- | ---: | -----: |
            | training | 1.50 | 12,300 |

            On one thread.
            """);
  }

  @Test
  void aRowThatIsTooShortIsRefused() {
    Table.Builder table = Table.titled("Steps", "ms", "djl").row("training");

    assertThatThrownBy(table::build).hasMessageContaining("does not fit");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0          | 0
          0.00012345 | 0.0001
          0.12345    | 0.123
          1.2345     | 1.23
          12.345     | 12.3
          123.45     | 123
          12345      | 12,345
          NaN        | –
          """)
  void figuresHaveThreeDigits(double value, String text) {
    assertThat(Table.number(value)).isEqualTo(text);
  }
}
