/** Requests to the server, with its token where it wants one. */

const TOKEN = 'ser.token';

/** Sends requests; where the server wants a token, they wait until the visitor gives one. */
export class Server {
  #askToken;
  #asked = null;

  /** @param askToken returns a promise of the token; called with whether one was refused */
  constructor(askToken) {
    this.#askToken = askToken;
  }

  /** Requests a resource; what is no success is thrown as an error with the server's sentence. */
  async request(path, init = {}) {
    for (;;) {
      const token = sessionStorage.getItem(TOKEN);
      const headers = token === null ? {} : {Authorization: `Bearer ${token}`};
      const response = await fetch(path, {...init, headers}).catch(error => {
        throw error.name === 'AbortError' ? error : new Error('The server cannot be reached');
      });
      if (response.ok) {
        return response;
      }
      const problem = await response.json().catch(() => ({}));
      if (response.status !== 401) {
        throw new Error(problem.detail ?? `The server answered with status ${response.status}`);
      }
      if (token === sessionStorage.getItem(TOKEN)) {
        this.#asked ??= this.#askToken(token !== null); // once for all requests that wait
        sessionStorage.setItem(TOKEN, await this.#asked);
        this.#asked = null;
      }
    }
  }

  /** Posts a file. */
  post(path, file, signal) {
    const body = new FormData();
    body.append('file', file);
    return this.request(path, {method: 'POST', body, signal});
  }

  /** Posts a file, and yields the objects of the answer's lines as they arrive. */
  async *postForLines(path, file, signal) {
    const response = await this.post(path, file, signal);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let pending = '';
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const lines = (pending + read.value).split('\n');
      pending = lines.pop();
      yield* lines.map(line => JSON.parse(line));
    }
  }

  /** Opens a WebSocket. A browser cannot set its headers: a subprotocol carries the token. */
  socket(path) {
    const token = sessionStorage.getItem(TOKEN);
    const base64url = text =>
      btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    const url = new URL(path, location.href);
    url.protocol = location.protocol.replace('http', 'ws');
    return new WebSocket(url, token === null ? ['ser'] : ['ser', `bearer.${base64url(token)}`]);
  }
}
