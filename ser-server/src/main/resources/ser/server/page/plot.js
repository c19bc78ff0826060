/** The results over time, and the position of the playback. */

const PIECES_PER_SECOND = 100; // of the waveform
const COLUMNS = 1200; // of the waveform, at most
const TICKS = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600]; // seconds
const TICK_WIDTH = 60; // pixels
const COLORS = 8;

const byId = id => document.getElementById(id);
const middle = result => (result.start + result.end) / 2;

/** The name of a result's emotion. */
export const emotionOf = result => result.emotion ?? 'no speech';

/** The probability of a result's emotion, as text; empty without speech. */
export const probabilityOf = result =>
  result.emotion === null ? '' : percent(result.probabilities[result.emotion]);

/** A share as text. */
export const percent = share => `${Math.round(100 * share)} %`;

/** Makes an element with a text, and appends it. */
export function append(parent, name, text = '') {
  const element = document.createElement(name);
  element.textContent = text;
  parent.append(element);
  return element;
}

/** Places an element in time, in seconds; the style sheet knows the duration. */
function place(element, from, to = from) {
  element.style.setProperty('--from', from);
  element.style.setProperty('--to', to);
}

/** The smallest and largest sample of each hundredth of a second. */
class Envelope {
  #extremes = []; // pairs of low, high
  #length;
  #rest = 0;

  constructor(rate) {
    this.#length = Math.round(rate / PIECES_PER_SECOND);
  }

  push(samples) {
    for (let from = 0; from < samples.length; ) {
      const to = Math.min(from + this.#length - this.#rest, samples.length);
      let [low, high] = this.#rest ? this.#extremes.pop() : [Infinity, -Infinity];
      for (let i = from; i < to; i++) {
        low = Math.min(low, samples[i]);
        high = Math.max(high, samples[i]);
      }
      this.#extremes.push([low, high]);
      this.#rest = (this.#rest + to - from) % this.#length;
      from = to;
    }
  }

  /** Draws the samples on a time axis of a duration in seconds, the largest at full height. */
  draw(svg, duration) {
    const count = this.#extremes.length;
    const step = Math.max(1, count / COLUMNS);
    const upper = [];
    const lower = [];
    let largest = 0.01;
    for (let from = 0; from < count; from += step) {
      const column = this.#extremes.slice(from, from + step);
      const low = Math.min(...column.map(each => each[0]));
      const high = Math.max(...column.map(each => each[1]));
      largest = Math.max(largest, high, -low);
      upper.push(`${from} ${-high}`);
      lower.push(`${from} ${-low}`);
    }
    svg.setAttribute('viewBox', `0 ${-largest} ${duration * PIECES_PER_SECOND} ${2 * largest}`);
    svg.firstElementChild.setAttribute(
      'd', count ? `M${[...upper, ...lower.reverse()].join('L')}Z` : '');
  }
}

/** Waveform, windows and segments over one time axis, on which the playback is moved. */
export class Plot {
  #element = byId('plot');
  #player = byId('player');
  #reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');
  #envelope;
  #windows;
  #run; // of windows with the same emotion

  /** The emotions that the model distinguishes. */
  labels;

  /** The length of the time axis, in seconds. */
  duration;

  constructor() {
    this.clear();
    const seekTo = event => {
      const box = this.#element.getBoundingClientRect();
      this.#seek(((event.clientX - box.left) / box.width) * this.duration);
    };
    this.#element.addEventListener('pointerdown', seekTo);
    this.#element.addEventListener('pointermove', event => event.buttons && seekTo(event));
    this.#element.addEventListener('keydown', event => this.#pressKey(event));
    for (const type of ['timeupdate', 'seeked', 'loadedmetadata', 'emptied']) {
      this.#player.addEventListener(type, () => this.#showPosition());
    }
    this.#player.addEventListener('play', () => this.#follow());
    new ResizeObserver(() => this.setDuration(this.duration)).observe(this.#element);
  }

  /** Removes everything; samples of a rate in hertz may follow. */
  clear(rate = PIECES_PER_SECOND) {
    this.#windows = [];
    this.#envelope = new Envelope(rate);
    this.labels = [];
    for (const id of ['windows', 'runs', 'segments', 'window-rows', 'segment-rows']) {
      byId(id).replaceChildren();
    }
    this.setDuration(0);
  }

  /** Whether there are no results. */
  get isEmpty() {
    return this.#windows.length === 0;
  }

  /** Sets the length of the time axis, in seconds. */
  setDuration(seconds) {
    this.duration = seconds;
    this.#element.style.setProperty('--duration', Math.max(seconds, 0.01));
    this.#element.ariaValueMax = seconds.toFixed(1);
    const most = Math.max(1, this.#element.clientWidth / TICK_WIDTH);
    const step = TICKS.find(each => seconds / each <= most) ?? seconds;
    byId('axis').replaceChildren();
    for (let tick = 0; tick < seconds - step / 3; tick += step) {
      place(append(byId('axis'), 'span', `${tick} s`), tick);
    }
    this.#envelope.draw(byId('wave'), seconds);
    this.#showPosition();
  }

  /** Adds samples to the waveform. */
  addSamples(samples) {
    this.#envelope.push(samples);
    this.#envelope.draw(byId('wave'), this.duration);
  }

  /** Adds an event of a session. */
  add(event) {
    if (event.type === 'session.created') {
      this.labels = event.labels;
    } else if (event.type === 'measurement') {
      this.#addWindow(event);
    } else if (event.type === 'segment') {
      place(this.#addMark('segments', event, true), event.start, event.end);
      this.#addRow('segment-rows', event);
    }
    const end = event.end ?? event.seconds ?? 0;
    if (end > this.duration || event.type === 'session.closed') {
      this.setDuration(end);
    }
    this.#showPosition();
  }

  /** Adds a window: drawn around its middle, half-way to the windows beside it. */
  #addWindow(window) {
    const previous = this.#windows.at(-1);
    const from = previous ? (middle(previous) + middle(window)) / 2 : window.start;
    const bar = this.#addMark('windows', window, false);
    bar.style.setProperty('--probability', window.probabilities[window.emotion] ?? 1);
    place(bar, from, window.end);
    if (previous) {
      place(previous.bar, previous.from, from);
    }
    if (previous?.emotion !== window.emotion) {
      if (previous) {
        place(this.#run.mark, this.#run.from, from);
      }
      this.#run = {mark: this.#addMark('runs', window, true), from};
    }
    place(this.#run.mark, this.#run.from, window.end);
    this.#windows.push({...window, from, bar});
    this.#addRow('window-rows', window);
  }

  /** Adds a mark in the colour of its emotion. */
  #addMark(parent, result, isNamed) {
    const mark = append(byId(parent), 'span');
    mark.className = result.emotion === null ? 'silent' : this.colorOf(result.emotion);
    if (isNamed) {
      append(mark, 'b', emotionOf(result));
    }
    return mark;
  }

  #addRow(table, result) {
    const row = append(byId(table), 'tr');
    append(row, 'td', result.start.toFixed(2));
    append(row, 'td', result.end.toFixed(2));
    append(row, 'td', emotionOf(result));
    append(row, 'td', probabilityOf(result));
  }

  /** The class of an emotion's colour. */
  colorOf(emotion) {
    return `s${this.labels.indexOf(emotion) % COLORS}`;
  }

  #pressKey(event) {
    const time = this.#player.currentTime;
    const target = {
      ArrowLeft: time - 1, ArrowDown: time - 1, ArrowRight: time + 1, ArrowUp: time + 1,
      PageDown: time - 10, PageUp: time + 10, Home: 0, End: this.duration,
    }[event.key];
    if (target !== undefined) {
      event.preventDefault();
      this.#seek(target);
    }
  }

  #seek(seconds) {
    if (!byId('playback').hidden) {
      this.#player.currentTime = Math.min(Math.max(seconds, 0), this.#player.duration || 0);
      this.#showPosition();
    }
  }

  /** Follows the playback in each frame; with reduced motion, its own events suffice. */
  #follow() {
    this.#showPosition();
    if (!this.#player.paused && !this.#reducedMotion.matches) {
      requestAnimationFrame(() => this.#follow());
    }
  }

  #showPosition() {
    const time = this.#player.currentTime;
    const window = this.#windows.findLast(each => each.from <= time);
    const result = window ? `: ${emotionOf(window)} ${probabilityOf(window)}` : '';
    place(byId('cursor'), time);
    byId('position').textContent = `${time.toFixed(1)} s${result}`;
    this.#element.ariaValueNow = time.toFixed(1);
    this.#element.ariaValueText = byId('position').textContent;
  }
}
