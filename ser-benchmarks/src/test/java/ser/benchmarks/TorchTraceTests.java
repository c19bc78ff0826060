package ser.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class TorchTraceTests {
  @Test
  void anOperationIsNotChargedForWhatItCalls() {
    TorchTrace trace =
        TorchTrace.parse(
            JsonMapper.shared()
                .readTree(
                    """
                    [{"name": "aten::mkldnn_convolution", "ph": "X", "ts": 20, "dur": 50, "tid": 1},
                     {"name": "forward", "ph": "X", "ts": 10, "dur": 100, "tid": 1},
                     {"name": "aten::empty", "ph": "X", "ts": 25, "dur": 5, "tid": 1},
                     {"name": "aten::mul", "ph": "X", "ts": 30, "dur": 7, "tid": 2},
                     {"name": "process_name", "ph": "M"}]
                    """));

    assertThat(trace.calls()).isEqualTo(3);
    assertThat(trace.seconds()).hasSize(4);
    assertThat(trace.seconds().get(Kind.CONVOLUTION)).isCloseTo(45e-6, within(1e-12));
    assertThat(trace.seconds().get(Kind.LAYOUT)).isCloseTo(5e-6, within(1e-12));
    assertThat(trace.seconds().get(Kind.INTERPRETER)).isCloseTo(50e-6, within(1e-12));
    assertThat(trace.seconds().get(Kind.ELEMENTWISE)).isCloseTo(7e-6, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({
    "aten::convolution_backward, CONVOLUTION",
    "aten::_scaled_dot_product_flash_attention_for_cpu, ATTENTION",
    "aten::addmm, MATMUL",
    "aten::max_pool2d_with_indices, POOLING",
    "aten::native_layer_norm, NORMALISATION",
    "aten::_softmax, SOFTMAX",
    "aten::sum, REDUCTION",
    "aten::mul, ELEMENTWISE",
    "aten::to, LAYOUT",
    "aten::tanh, ELEMENTWISE",
    "aten::copy_, LAYOUT",
    "MulBackward0, INTERPRETER"
  })
  void operationsAreDistinguishedByTheirNames(String name, Kind kind) {
    assertThat(Kind.ofTorch(name)).isEqualTo(kind);
  }
}
