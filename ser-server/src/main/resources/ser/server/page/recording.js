/** The microphone on a stream of the server. */

const LARGEST_BACKLOG = 30; // seconds of sound that wait to be sent

/** Records the microphone, and sends it to be classified. */
export class Recording {
  #server;
  #handlers;
  #blocks = []; // 16-bit integers
  #samples = 0;
  #media;
  #context;
  #node;
  #socket;
  #failure; // of the stream; null when it has ended as it should

  /**
   * Prepares a recording.
   *
   * @param server the server
   * @param handlers onSamples is called with each block of samples, onEvent with each event, and
   *     onEnd once after the last one, with the error that ended the recording, or null
   */
  constructor(server, handlers) {
    this.#server = server;
    this.#handlers = handlers;
  }

  /** The sample rate, in hertz. */
  get rate() {
    return this.#context.sampleRate;
  }

  /** The duration so far. */
  get seconds() {
    return this.#samples / this.rate;
  }

  /** Opens the microphone and a stream; when it fails, nothing stays open. */
  async start() {
    await this.#server.request('v2'); // a handshake that fails would not say why
    if (!navigator.mediaDevices) {
      throw new Error('A microphone needs a page on localhost or over HTTPS');
    }
    // Without the processing for calls, which would change what is classified.
    const audio = {
      channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false,
    };
    this.#media = await navigator.mediaDevices.getUserMedia({audio}).catch(error => {
      throw new Error(`The microphone cannot be used: ${error.message}`);
    });
    this.#media.getTracks().forEach(track => (track.onended = () => this.stop())); // unplugged
    this.#context = new AudioContext();
    try {
      await this.#context.resume();
      await this.#context.audioWorklet.addModule('worklet.js');
      // A model that cannot find speech has windows alone.
      await this.#open('both').catch(() => this.#open('windows'));
    } catch (error) {
      this.#release();
      throw error;
    }
    this.#node = new AudioWorkletNode(
      this.#context, 'recorder', {channelCount: 1, channelCountMode: 'explicit'});
    this.#node.port.onmessage = ({data}) => this.#send(data);
    this.#context.createMediaStreamSource(this.#media).connect(this.#node);
    this.#node.connect(this.#context.destination); // silence, but what is not connected is not run
  }

  /** Opens a stream; waits until its session is created. */
  #open(results) {
    const socket = this.#server.socket('v1/stream');
    const settings = {type: 'session.create', rate: this.rate, encoding: 'f32le', results};
    this.#socket = socket;
    return new Promise((resolve, reject) => {
      let created = false;
      this.#failure = new Error('The server refused the stream; try again later');
      socket.onopen = () => socket.send(JSON.stringify(settings));
      socket.onmessage = ({data}) => {
        const event = JSON.parse(data);
        if (event.type === 'error') {
          this.#failure = new Error(event.error.detail);
        } else if (event.type === 'session.closed') {
          this.#failure = null;
        } else if (event.type === 'session.created') {
          created = true;
          this.#failure = new Error('The connection to the server has ended');
          resolve();
        }
        this.#handlers.onEvent(event);
      };
      socket.onclose = () => {
        if (created) {
          this.#release();
          this.#handlers.onEnd(this.#failure);
        } else {
          reject(this.#failure);
        }
      };
    });
  }

  #send(samples) {
    if (this.#socket.readyState !== WebSocket.OPEN) {
      return;
    }
    this.#socket.send(samples);
    this.#samples += samples.length;
    this.#blocks.push(Int16Array.from(samples, each => 32_767 * Math.min(Math.max(each, -1), 1)));
    this.#handlers.onSamples(samples);
    if (this.#socket.bufferedAmount > 4 * this.rate * LARGEST_BACKLOG) {
      this.#failure = new Error('The connection to the server is slower than the sound');
      this.#socket.close();
    }
  }

  /** Ends the recording; the results that are left follow. */
  stop() {
    this.#release();
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify({type: 'session.finish'}));
    }
  }

  #release() {
    this.#node?.port.close();
    this.#media.getTracks().forEach(track => track.stop());
    if (this.#context.state !== 'closed') {
      this.#context.close();
    }
  }

  /** Returns the recording as a WAV file, or null where nothing was recorded. */
  file() {
    const bytes = 2 * this.#samples;
    const header = new Uint32Array([
      0x46464952, 36 + bytes, 0x45564157, // RIFF, what follows, WAVE
      0x20746d66, 16, 1 | (1 << 16), // fmt, its length, integers in one channel
      this.rate, 2 * this.rate, 2 | (16 << 16), // bytes per second, bytes and bits per sample
      0x61746164, bytes, // data
    ]);
    return bytes === 0
      ? null : new File([header, ...this.#blocks], 'recording.wav', {type: 'audio/wav'});
  }
}
