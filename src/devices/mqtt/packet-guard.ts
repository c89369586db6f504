/** A PUBLISH that was too large to keep: what it would have been. */
export type Oversize = {
  readonly topic: string;
  readonly qos: number;
  /** Packet identifier, null for QoS 0. */
  readonly messageId: number | null;
  readonly bytes: number;
};

const PUBLISH = 3;
const MAX_TOPIC = 0xffff;

/**
 * Lets MQTT packets of at most `maxBytes` through, before anything buffers them. A larger PUBLISH
 * is passed over as it streams by, keeping its topic and number only, so that it can be refused and
 * acknowledged: cutting the line would make a broker send it again for ever.
 */
export class PacketGuard {
  readonly #maxBytes: number;
  readonly #pass: (bytes: Buffer) => void;
  readonly #oversize: (packet: Oversize) => void;
  /** Bytes of a fixed header that a chunk cut in two. */
  #header: number[] = [];
  #left = 0;
  #skipped: Skipped | null = null;

  constructor(maxBytes: number, pass: (bytes: Buffer) => void, oversize: (packet: Oversize) => void) {
    this.#maxBytes = maxBytes;
    this.#pass = pass;
    this.#oversize = oversize;
  }

  /** True while a packet has begun and not ended. */
  get within(): boolean {
    return this.#left > 0 || this.#header.length > 0;
  }

  /** The packet that is being passed over, as far as it has come; null for none. */
  get passingOver(): Oversize | null {
    return this.#skipped?.describe() ?? null;
  }

  /** Takes the next bytes of the stream; a text says why they cannot be MQTT, or are not bearable. */
  feed(chunk: Buffer): string | null {
    let at = 0;
    let from = 0;
    const passUntil = (end: number): void => {
      if (end > from) this.#pass(from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end));
      from = end;
    };
    while (at < chunk.length) {
      if (this.#left > 0) {
        const n = Math.min(this.#left, chunk.length - at);
        this.#skipped?.keep(chunk.subarray(at, at + n));
        at += n;
        this.#left -= n;
        if (this.#skipped !== null) from = at;
        if (this.#left === 0) this.#endSkip();
        continue;
      }
      const begun = this.#header.length;
      const start = at;
      const size = this.#readHeader(chunk, at);
      if (size === 'invalid') return 'the length of a packet is not valid';
      if (size === 'partial') {
        passUntil(start);
        return null;
      }
      const first = this.#header[0] ?? 0;
      at += this.#header.length - begun;
      if (size > this.#maxBytes) {
        passUntil(start);
        from = at;
        if (first >> 4 !== PUBLISH) return `a packet of ${size} bytes, at most ${this.#maxBytes}`;
        this.#skipped = new Skipped(first, size);
      } else if (begun > 0) {
        this.#pass(Buffer.from(this.#header));
        from = at;
      }
      this.#header.length = 0;
      this.#left = size;
    }
    passUntil(at);
    return null;
  }

  /** Remaining length of the packet that begins in the header bytes kept so far and `chunk`. */
  #readHeader(chunk: Buffer, from: number): number | 'partial' | 'invalid' {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      this.#header.push(byte);
      const n = this.#header.length;
      if (n > 1 && byte < 128) {
        let size = 0;
        for (let i = n - 1; i > 0; i--) size = size * 128 + ((this.#header[i] ?? 0) & 127);
        return size;
      }
      if (n === 5) return 'invalid';
    }
    return 'partial';
  }

  #endSkip(): void {
    const skipped = this.#skipped;
    this.#skipped = null;
    if (skipped !== null) this.#oversize(skipped.describe());
  }
}

/** The beginning of a packet that is passed over. */
class Skipped {
  readonly #qos: number;
  readonly #bytes: number;
  readonly #parts: Buffer[] = [];
  #kept = 0;

  constructor(first: number, bytes: number) {
    this.#qos = (first >> 1) & 3;
    this.#bytes = bytes;
  }

  keep(part: Buffer): void {
    const wanted = Math.min(part.length, MAX_TOPIC + 4 - this.#kept);
    if (wanted <= 0) return;
    this.#parts.push(Buffer.from(part.subarray(0, wanted)));
    this.#kept += wanted;
  }

  describe(): Oversize {
    const head = Buffer.concat(this.#parts);
    const end = head.length < 2 ? 0 : 2 + head.readUInt16BE(0);
    const numbered = this.#qos > 0 && head.length >= end + 2;
    return {
      topic: head.toString('utf8', 2, end),
      qos: this.#qos,
      messageId: numbered ? head.readUInt16BE(end) : null,
      bytes: this.#bytes,
    };
  }
}
