/**
 * The page of the server: classifies a file or the microphone. Text of the server and names of
 * files are set as text alone, never as HTML.
 */
import {Plot, append, emotionOf, percent, probabilityOf} from './plot.js';
import {Recording} from './recording.js';
import {Server} from './server.js';

const WAVEFORM_RATE = 16_000; // of the samples from which a file's waveform is drawn, in hertz
const LIVE_SECONDS = 10; // by which the time axis grows while the microphone is on

const byId = id => document.getElementById(id);
const show = (id, text) => (byId(id).textContent = text);

/** Asks for the server's token. */
async function askToken(wasRefused) {
  show('alert', wasRefused ? 'The server refused this token' : 'This server needs a token');
  const form = byId('token-form');
  form.hidden = false;
  byId('token').focus();
  await new Promise(resolve => (form.onsubmit = event => {
    event.preventDefault(); // what the browser would send has no place to go
    resolve();
  }));
  const token = byId('token').value;
  form.reset();
  form.hidden = true;
  byId('microphone').focus();
  show('alert', '');
  return token;
}

/** What the visitor does, and what is shown of it. */
class App {
  #server = new Server(askToken);
  #plot = new Plot();
  #file;
  #recording = null;
  #requests = new AbortController(); // of what is shown

  constructor() {
    const input = byId('file');
    input.addEventListener('change', () => {
      this.#open(input.files[0]);
      input.value = ''; // the same file may be chosen again
    });
    byId('channels').addEventListener('change', () => this.#classify());
    byId('microphone').addEventListener('click', ({target}) => {
      if (target.ariaDisabled !== 'true') {
        this.#recording ? this.#stop() : this.#record();
      }
    });
    for (const type of ['dragover', 'dragleave', 'drop']) {
      document.addEventListener(type, event => {
        event.preventDefault();
        document.body.classList.toggle('dragging', type === 'dragover');
        if (type === 'drop') {
          this.#open(event.dataTransfer.files[0]);
        }
      });
    }
  }

  #open(file) {
    if (file && !byId('file').disabled) {
      this.#file = file;
      this.#offerChannels(1);
      this.#offerPlayback(file);
      this.#classify();
    }
  }

  /** Classifies the file, as a whole and over time, and draws its waveform. */
  async #classify() {
    const signal = this.#begin(this.#file.name, WAVEFORM_RATE);
    const query = `channels=${byId('channels').value}`;
    show('status', 'Classifying …');
    try {
      await Promise.all([
        this.#showWaveform(signal),
        this.#showWhole(this.#file, query, signal),
        this.#showTimeline(`results=both&${query}`, signal),
      ]);
      show('status', '');
    } catch (error) {
      this.#fail(error, signal);
    }
  }

  /** Ends what was shown before; returns the signal that ends what is shown now. */
  #begin(name, rate) {
    this.#requests.abort();
    this.#requests = new AbortController();
    show('alert', '');
    show('clip', name);
    byId('result').hidden = false;
    byId('bars').replaceChildren();
    this.#plot.clear(rate);
    this.#showAnswer('', '', '');
    return this.#requests.signal;
  }

  #fail(error, signal) {
    if (!signal.aborted) {
      this.#requests.abort();
      show('status', '');
      show('alert', error.message);
      byId('result').hidden = this.#plot.isEmpty;
    }
  }

  /** Draws the waveform of a file that the browser can decode. */
  async #showWaveform(signal) {
    const decoder = new OfflineAudioContext(1, 1, WAVEFORM_RATE);
    const audio = await decoder.decodeAudioData(await this.#file.arrayBuffer()).catch(() => null);
    if (signal.aborted) {
      return;
    }
    this.#offerChannels(audio?.numberOfChannels ?? 2); // unknown: the second may be asked for
    if (audio) {
      const all = Array.from({length: audio.numberOfChannels}, (_, i) => audio.getChannelData(i));
      const mix = () => all[0].map((_, i) => all.reduce((sum, each) => sum + each[i], 0) / all.length);
      this.#plot.setDuration(audio.duration);
      this.#plot.addSamples(all[byId('channels').value - 1] ?? mix());
    } else {
      byId('playback').hidden = true;
    }
  }

  async #showWhole(file, query, signal) {
    const response = await this.#server.post(`v1/recognize?${query}`, file, signal);
    const {model, results: [result]} = await response.json();
    signal.throwIfAborted();
    if (result.error) {
      throw new Error(result.error.detail);
    }
    const scope = `Whole recording, ${result.seconds.toFixed(1)} s, model ${model}`;
    this.#showResult(result, scope, result.doubts, result.notes);
  }

  async #showTimeline(query, signal) {
    const events = this.#server.postForLines(`v1/timeline?${query}`, this.#file, signal);
    for await (const event of events) {
      signal.throwIfAborted(); // lines that arrived before
      if (event.type === 'error' && query.includes('both') && this.#plot.isEmpty) {
        // A model that cannot find speech has windows alone.
        return this.#showTimeline(query.replace('both', 'windows'), signal);
      }
      if (event.type === 'error') {
        throw new Error(event.error.detail);
      }
      this.#plot.add(event);
    }
  }

  #showAnswer(emotion, probability, scope, doubts = [], notes = []) {
    show('emotion', emotion);
    show('probability', probability);
    show('scope', scope);
    for (const [id, sentences] of [['doubts', doubts], ['notes', notes]]) {
      byId(id).replaceChildren();
      sentences.forEach(sentence => append(byId(id), 'li', sentence));
    }
  }

  /** Shows a result: its emotion, and the probabilities as bars in the model's order. */
  #showResult(result, scope, doubts, notes) {
    this.#showAnswer(emotionOf(result), probabilityOf(result), scope, doubts, notes);
    const emotions = Object.keys(result.probabilities);
    if (emotions.length > 0) {
      this.#plot.labels = emotions;
      byId('bars').replaceChildren();
    }
    for (const emotion of emotions) {
      const probability = result.probabilities[emotion];
      const row = append(byId('bars'), 'tr');
      row.className = emotion === result.emotion ? 'most' : '';
      append(row, 'th', emotion).scope = 'row';
      const bar = append(append(row, 'td'), 'span');
      bar.className = this.#plot.colorOf(emotion);
      bar.style.setProperty('--probability', probability);
      append(row, 'td', percent(probability));
    }
  }

  #offerChannels(count) {
    const select = byId('channels');
    const selected = count > 1 ? select.value : 'mix';
    select.length = 1;
    for (let number = 1; number <= count; number++) {
      append(select, 'option', number);
    }
    select.value = selected;
    byId('channels-field').hidden = count < 2;
  }

  #offerPlayback(file) {
    URL.revokeObjectURL(byId('player').src);
    byId('player').src = URL.createObjectURL(file);
    byId('playback').hidden = false;
  }

  /** Starts the microphone. */
  async #record() {
    const signal = this.#begin('Microphone');
    this.#recording = new Recording(this.#server, {
      onSamples: samples => this.#showSamples(samples),
      onEvent: event => this.#showEvent(event),
      onEnd: error => this.#showRecording(error, signal),
    });
    this.#offerChannels(1);
    byId('player').pause();
    byId('playback').hidden = true;
    byId('answer').ariaLive = 'off'; // a result each second is too much to be read out
    byId('file').disabled = true;
    byId('microphone').ariaDisabled = 'true'; // and not disabled, which would lose the focus
    try {
      await this.#recording.start();
      if (this.#recording === null) {
        return; // the server has ended it already
      }
      document.body.classList.add('recording');
      show('microphone', 'Stop');
      byId('microphone').ariaDisabled = 'false';
    } catch (error) {
      this.#endRecording();
      this.#fail(error, signal);
    }
  }

  #stop() {
    byId('microphone').ariaDisabled = 'true';
    show('status', 'Classifying …');
    this.#recording.stop();
  }

  #endRecording() {
    this.#recording = null;
    document.body.classList.remove('recording');
    show('microphone', 'Record');
    show('status', '');
    byId('answer').ariaLive = 'polite';
    byId('file').disabled = false;
    byId('microphone').ariaDisabled = 'false';
  }

  #showSamples(samples) {
    if (this.#recording.seconds > this.#plot.duration) {
      this.#plot.setDuration(this.#plot.duration + LIVE_SECONDS);
    }
    this.#plot.addSamples(samples);
  }

  #showEvent(event) {
    if (event.type === 'session.created') {
      this.#plot.clear(this.#recording.rate);
      show('status', `Recording; the first result comes after ${event.window} s`);
    } else if (event.type === 'measurement') {
      this.#showResult(event, `${event.start.toFixed(1)} to ${event.end.toFixed(1)} s`);
    }
    this.#plot.add(event);
  }

  /** Offers the recording for playback, and shows its result as a whole. */
  async #showRecording(error, signal) {
    const file = this.#recording.file();
    this.#endRecording();
    try {
      if (file) {
        this.#offerPlayback(file);
        await this.#showWhole(file, 'channels=mix', signal);
      }
      if (error) {
        throw error;
      }
    } catch (failure) {
      this.#fail(error ?? failure, signal);
    }
  }
}

new App();
