/**
 * Cuts a broker's stream into whole packets. A packet that chunks cut apart is put together once,
 * when its last byte is there; its size was bounded before (PacketGuard). Nothing of a chunk is kept
 * behind `feed` but copies, for the buffer it stands in is read into again.
 */
export class Frames {
  readonly #take: (frame: Buffer) => void;
  #parts: Buffer[] = [];
  #kept = 0;
  /** Bytes that the packet in `#parts` has at least. */
  #needed = 0;

  constructor(take: (frame: Buffer) => void) {
    this.#take = take;
  }

  feed(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#parts.length > 0) {
      this.#parts.push(Buffer.from(chunk));
      this.#kept += chunk.length;
      if (this.#kept < this.#needed) return;
      bytes = Buffer.concat(this.#parts, this.#kept);
      this.#parts = [];
    }
    let at = 0;
    while (at < bytes.length) {
      const end = at + leastLength(bytes, at);
      if (end > bytes.length) {
        this.#parts = [Buffer.from(bytes.subarray(at))];
        this.#kept = bytes.length - at;
        this.#needed = end - at;
        return;
      }
      this.#take(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
      at = end;
    }
  }
}

/** Length of the packet that begins at `at`; while its header is cut off, one byte more than is there. */
function leastLength(bytes: Buffer, at: number): number {
  let size = 0;
  for (let i = 1, weight = 1; ; i++, weight *= 128) {
    const byte = bytes[at + i];
    if (byte === undefined) return i + 1;
    size += (byte & 127) * weight;
    if (byte < 128) return 1 + i + size;
  }
}
