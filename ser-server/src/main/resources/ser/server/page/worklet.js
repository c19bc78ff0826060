const BLOCK = 4096; // samples, a multiple of the 128 that come at a time

/** Passes the first channel of its input to the page, in blocks. */
class Recorder extends AudioWorkletProcessor {
  #block = new Float32Array(BLOCK);
  #filled = 0;

  process([[samples]]) {
    if (samples) {
      this.#block.set(samples, this.#filled);
      this.#filled += samples.length;
    }
    if (this.#filled === BLOCK) {
      this.port.postMessage(this.#block, [this.#block.buffer]);
      this.#block = new Float32Array(BLOCK);
      this.#filled = 0;
    }
    return true;
  }
}

registerProcessor('recorder', Recorder);
