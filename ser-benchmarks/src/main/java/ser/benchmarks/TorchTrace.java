package ser.benchmarks;

import ai.djl.pytorch.jni.JniUtils;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The profile of a piece of work, by PyTorch's own profiler.
 *
 * @param seconds in operations of each kind, without what they call
 * @param calls of operations
 */
record TorchTrace(Map<Kind, Double> seconds, long calls) {

  private record Event(String name, double begin, double end) {}

  /** Profiles the work, which must run on PyTorch in this process. */
  static TorchTrace of(Runnable work, Path file) {
    JniUtils.startProfile(false, false, false);
    work.run();
    JniUtils.stopProfile(file.toString());
    return parse(JsonMapper.shared().readTree(file));
  }

  /**
   * Reads a trace.
   *
   * @param trace events with {@code name}, {@code tid}, and {@code ts} and {@code dur} in
   *     microseconds, which lie within each other on a thread
   */
  static TorchTrace parse(JsonNode trace) {
    Map<String, List<Event>> threads = new LinkedHashMap<>();
    for (JsonNode event : trace) {
      if (event.path("ph").asString("").equals("X")) {
        double begin = event.get("ts").asDouble() / 1e6;
        threads
            .computeIfAbsent(event.get("tid").asString(), tid -> new ArrayList<>())
            .add(
                new Event(
                    event.get("name").asString(),
                    begin,
                    begin + event.get("dur").asDouble() / 1e6));
      }
    }
    Map<Kind, Double> seconds = new EnumMap<>(Kind.class);
    long calls = 0;
    for (List<Event> events : threads.values()) {
      calls += events.stream().filter(event -> event.name.startsWith("aten::")).count();
      events.sort(
          Comparator.comparingDouble(Event::begin)
              .thenComparing(Comparator.comparingDouble(Event::end).reversed()));
      Deque<Event> open = new ArrayDeque<>();
      for (Event event : events) {
        while (!open.isEmpty() && open.peek().end <= event.begin) {
          open.pop();
        }
        double duration = event.end - event.begin;
        seconds.merge(Kind.ofTorch(event.name), duration, Double::sum);
        if (!open.isEmpty()) {
          seconds.merge(Kind.ofTorch(open.peek().name), -duration, Double::sum);
        }
        open.push(event);
      }
    }
    return new TorchTrace(seconds, calls);
  }
}
