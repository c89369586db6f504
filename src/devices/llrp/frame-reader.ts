import { HEADER_BYTES, readHeader } from './header.ts';
import { attempt, type Decoded } from './node.ts';

/**
 * Cuts a byte stream into messages. LLRP has no mark by which a reader of the stream could find its
 * way again, so after the first header that cannot be one everything is lost: the connection has to be
 * opened anew, and the reader then sends again what it held. Keeps at most one message.
 */
export class FrameReader {
  #kept: Buffer = Buffer.alloc(0);

  /** The messages that are complete with this chunk, and what ended the stream, if something did. */
  push(chunk: Uint8Array): { readonly frames: readonly Buffer[]; readonly broken: string | null } {
    const more = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let bytes = this.#kept.length === 0 ? more : Buffer.concat([this.#kept, more]);
    const frames: Buffer[] = [];
    while (bytes.length >= HEADER_BYTES) {
      const header: Decoded<{ readonly length: number }> = attempt(() => readHeader(bytes));
      if (!header.ok) {
        this.#kept = Buffer.alloc(0);
        return { frames, broken: header.detail };
      }
      if (bytes.length < header.value.length) break;
      frames.push(bytes.subarray(0, header.value.length));
      bytes = bytes.subarray(header.value.length);
    }
    // A copy: the chunk's memory belongs to whoever read it.
    this.#kept = Buffer.from(bytes);
    return { frames, broken: null };
  }
}
