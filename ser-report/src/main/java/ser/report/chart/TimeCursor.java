package ser.report.chart;

import ser.report.html.Element;

/**
 * A cursor on charts over time, tied to the page's player: it follows the playback, and a click on
 * a chart moves the playback there. The page runs {@link #SCRIPT}.
 */
public final class TimeCursor {
  /** Moves the cursors of the charts that {@link #over} marks. */
  public static final String SCRIPT =
      """

      (() => {
        const player = document.querySelector('audio');
        if (!player) return;
        const cursors = [...document.querySelectorAll('[data-time-to]')].map(figure => {
          const svg = figure.querySelector('svg');
          const data = figure.dataset;
          const line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
          line.setAttribute('class', 'cursor');
          line.setAttribute('y1', data.plotTop);
          line.setAttribute('y2', data.plotBottom);
          svg.append(line);
          const from = Number(data.timeFrom), to = Number(data.timeTo);
          const left = Number(data.plotLeft), right = Number(data.plotRight);
          svg.addEventListener('click', event => {
            const box = svg.getBoundingClientRect();
            const x = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
            const time = from + (x - left) / (right - left) * (to - from);
            player.currentTime = Math.min(Math.max(time, 0), player.duration || 0);
          });
          return time => {
            const share = (time - from) / (to - from);
            const x = String(left + Math.min(Math.max(share, 0), 1) * (right - left));
            line.setAttribute('x1', x);
            line.setAttribute('x2', x);
          };
        });
        const move = () => cursors.forEach(cursor => cursor(player.currentTime));
        const follow = () => {
          move();
          if (!player.paused) requestAnimationFrame(follow);
        };
        player.addEventListener('play', follow);
        player.addEventListener('seeked', move);
        player.addEventListener('timeupdate', move);
        move();
      })();
      """;

  private TimeCursor() {}

  /**
   * Makes a figure.
   *
   * @param chart a chart over seconds of the player's sound
   * @return its figure, with a cursor
   */
  public static Element over(LineChart chart) {
    return over(chart.figure(), chart.x(), chart.left(), LineChart.PLOT);
  }

  static Element over(Element figure, Axis time, double left, double height) {
    return figure
        .with("data-time-from", Double.toString(time.low()))
        .with("data-time-to", Double.toString(time.high()))
        .with("data-plot-left", Drawing.number(left))
        .with("data-plot-right", Drawing.number(Drawing.WIDTH - LineChart.RIGHT))
        .with("data-plot-top", Drawing.number(LineChart.TOP))
        .with("data-plot-bottom", Drawing.number(LineChart.TOP + height));
  }
}
