// A client of Socket.IO 4 over one WebSocket: the default namespace, text alone. What the two numbers before a packet mean is told by
// the Engine.IO protocol 4 and the Socket.IO protocol 5.

// How long it waits before it tries again, in milliseconds: a call is kept for ten seconds.
const PAUSES = [200, 500, 1000, 2000];
// What is said to a phone that will never be let in as it is. All else passes, such as what an exchange says that closes.
const FINAL = ["No phone number provided", "Invalid phone number", "Invalid phone secret"];
// How long a connection may take.
const PATIENCE = 5000;

export class Socket {
  #auth;
  #listener;
  #web = null;
  #tries = 0;
  #timer = null;
  #silence = PATIENCE;
  #answers = new Map();
  #questions = 0;

  // `listener` has: connected(), refused(message), which ends it, lost(), putOff(message), event(name, args).
  constructor(auth, listener) {
    this.#auth = auth;
    this.#listener = listener;
    this.#open();
  }

  emit(name, ...args) {
    this.#send(`42${JSON.stringify([name, ...args])}`);
  }

  // Resolves with the first argument of the answer.
  ask(name, ...args) {
    return new Promise((resolve, reject) => {
      const question = this.#questions++;
      const late = setTimeout(() => this.#answer(question, () => reject(new Error("no answer"))), PATIENCE);
      this.#answers.set(question, { resolve, late });
      this.#send(`42${question}${JSON.stringify([name, ...args])}`);
    });
  }

  close() {
    clearTimeout(this.#timer);
    this.#listener = null;
    this.#web?.close();
  }

  #send(packet) {
    if (this.#web?.readyState === WebSocket.OPEN) this.#web.send(packet);
  }

  #open() {
    const address = new URL("/socket.io/?EIO=4&transport=websocket", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    address.hash = "";
    const web = new WebSocket(address);
    this.#web = web;
    this.#expect(PATIENCE);
    web.onmessage = ({ data }) => {
      if (web === this.#web && typeof data === "string") this.#hear(data);
    };
    web.onclose = () => this.#lose(web);
  }

  // Whoever says nothing for so long is gone.
  #expect(millis) {
    clearTimeout(this.#timer);
    const web = this.#web;
    this.#timer = setTimeout(() => {
      web.close();
      this.#lose(web);
    }, millis);
  }

  #lose(web) {
    if (web !== this.#web || !this.#listener) return;
    this.#web = null;
    clearTimeout(this.#timer);
    if (this.#tries === 0) this.#listener.lost();
    const pause = PAUSES[Math.min(this.#tries++, PAUSES.length - 1)];
    this.#timer = setTimeout(() => this.#open(), pause);
  }

  #hear(packet) {
    if (packet[0] === "0") {
      const { pingInterval, pingTimeout } = JSON.parse(packet.slice(1));
      this.#silence = pingInterval + pingTimeout;
      this.#send(`40${JSON.stringify(this.#auth)}`);
    } else if (packet === "2") {
      this.#send("3");
    } else if (packet[0] === "4") {
      this.#message(packet[1], packet.slice(2));
    }
    if (this.#web) this.#expect(this.#silence);
  }

  #message(kind, rest) {
    if (kind === "0") {
      this.#tries = 0;
      this.#listener?.connected();
    } else if (kind === "1") {
      this.#web.close();
    } else if (kind === "2") {
      const [name, ...args] = JSON.parse(rest.slice(rest.indexOf("[")));
      this.#listener?.event(name, args);
    } else if (kind === "3") {
      const [answer] = JSON.parse(rest.slice(rest.indexOf("[")));
      this.#answer(parseInt(rest, 10), ({ resolve }) => resolve(answer));
    } else if (kind === "4") {
      this.#refuse(JSON.parse(rest).message);
    }
  }

  #refuse(message) {
    const [listener, web] = [this.#listener, this.#web];
    if (FINAL.includes(message)) {
      this.close();
      listener?.refused(message);
    } else {
      web.close();
      this.#lose(web);
      listener?.putOff(message);
    }
  }

  #answer(question, then) {
    const waiting = this.#answers.get(question);
    this.#answers.delete(question);
    if (waiting) {
      clearTimeout(waiting.late);
      then(waiting);
    }
  }
}
