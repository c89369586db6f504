/** How long a broker may be silent. The sum of pingAfterMs and answerMs stays below 15 s. */
export type Patience = {
  readonly keepaliveS: number;
  /** From opening the socket until the last SUBACK. */
  readonly connectMs: number;
  readonly pingAfterMs: number;
  readonly answerMs: number;
  /** A packet that has begun must end within this time: a byte now and then is no life. */
  readonly packetMs: number;
};

export const PATIENCE: Patience = {
  keepaliveS: 10,
  connectMs: 10_000,
  pingAfterMs: 5000,
  answerMs: 6000,
  packetMs: 20_000,
};

type Pulse = {
  ping(): void;
  dead(reason: string): void;
  /** False while we ourselves do not read: then silence is ours. */
  reading(): boolean;
};

/** Finds half-open connections: asks when nothing was heard, and gives up without an answer. */
export class Liveness {
  readonly #patience: Patience;
  readonly #timer: NodeJS.Timeout;
  readonly #act: Pulse;
  readonly #begun = performance.now();
  #heardAt = this.#begun;
  #askedAt: number | null = null;
  #packetSince: number | null = null;
  #connected = false;

  constructor(patience: Patience, act: Pulse) {
    this.#patience = patience;
    this.#act = act;
    this.#timer = setInterval(() => this.#look(), Math.min(patience.pingAfterMs, patience.answerMs) / 4);
  }

  connected(): void {
    this.#connected = true;
  }

  /** @param within a packet has begun and not ended */
  heard(within: boolean): void {
    this.#heardAt = performance.now();
    this.#askedAt = null;
    this.#packetSince = within ? (this.#packetSince ?? this.#heardAt) : null;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    const { connectMs, pingAfterMs, answerMs, packetMs } = this.#patience;
    if (!this.#connected) {
      if (now - this.#begun > connectMs) this.#act.dead(`no connection after ${connectMs} ms`);
      return;
    }
    if (this.#packetSince !== null && this.#act.reading() && now - this.#packetSince > packetMs) {
      this.#act.dead(`a packet did not end within ${packetMs} ms`);
    } else if (this.#askedAt === null) {
      if (now - this.#heardAt < pingAfterMs) return;
      this.#askedAt = now;
      this.#act.ping();
    } else if (now - this.#askedAt > answerMs) {
      // The broker needs our pings while we do not read, but its answers wait behind messages.
      if (!this.#act.reading()) this.heard(this.#packetSince !== null);
      else this.#act.dead(`no answer to a ping within ${answerMs} ms`);
    }
  }
}
