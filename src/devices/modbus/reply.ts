import type { DeviceErrorCode } from '../../domain/errors.ts';
import { decodeResponse } from './codec.ts';
import type { Request, Response } from './codec.ts';

/** What came of asking: the response, or why there is none. */
export type Outcome =
  | { readonly ok: true; readonly response: Response; readonly noise: number }
  | { readonly ok: false; readonly code: DeviceErrorCode; readonly detail: string };

/** How a framing recognises the one reply that is waited for. */
export type Awaited = {
  /** Bytes needed to judge a header. */
  readonly header: number;
  /** Length of the frame at `at` when its header is that of the reply waited for, else 0. */
  lengthAt(buffer: Uint8Array, at: number): number;
  /** The PDU of a complete frame, null when its checksum is wrong. */
  open(frame: Uint8Array): Uint8Array | null;
  /** What else there is in the buffer that explains the failure, e.g. a frame of another unit. */
  explain(buffer: Uint8Array): string | null;
};

/** More than twice the longest frame (260 bytes), so that noise never pushes a good frame out. */
const MOST_KEPT = 1024;
const SLICE = 256;

/** What a look through the buffer found: the reply, or what came nearest to one. */
type Found = {
  outcome: Outcome | null;
  misfit: string | null;
  checksum: boolean;
  cut: string | null;
};

/**
 * Takes the bytes that follow a request, in any chunking, and finds the reply to it. A frame is
 * taken by its declared length and checksum, never by silence; what does not fit costs one byte.
 */
export class ReplyReader {
  readonly #request: Request;
  readonly #awaited: Awaited;
  #buffer = new Uint8Array(0);
  #lost = 0;

  constructor(request: Request, awaited: Awaited) {
    this.#request = request;
    this.#awaited = awaited;
  }

  /** The outcome as soon as the reply is complete, else null. */
  push(chunk: Uint8Array): Outcome | null {
    for (let at = 0; at < chunk.length; at += SLICE) {
      this.#keep(chunk.subarray(at, at + SLICE));
      const found = this.#scan(false);
      if (found.outcome !== null) return found.outcome;
    }
    return null;
  }

  /** The outcome when the time is up: a reply behind something unfinished, or the reason for none. */
  end(): Outcome {
    const found = this.#scan(true);
    if (found.outcome !== null) return found.outcome;
    if (found.misfit !== null) return { ok: false, code: 'MALFORMED', detail: found.misfit };
    if (found.checksum) return { ok: false, code: 'CHECKSUM', detail: 'reply with a wrong checksum' };
    const size = this.#buffer.length + this.#lost;
    if (size === 0) return { ok: false, code: 'TIMEOUT', detail: 'no answer' };
    const why = found.cut ?? this.#awaited.explain(this.#buffer) ?? `${size} bytes that are no reply`;
    return { ok: false, code: 'MALFORMED', detail: why };
  }

  #keep(slice: Uint8Array): void {
    const joined = new Uint8Array(this.#buffer.length + slice.length);
    joined.set(this.#buffer);
    joined.set(slice, this.#buffer.length);
    this.#lost += Math.max(0, joined.length - MOST_KEPT);
    this.#buffer = joined.subarray(Math.max(0, joined.length - MOST_KEPT));
  }

  #scan(final: boolean): Found {
    const found: Found = { outcome: null, misfit: null, checksum: false, cut: null };
    const buffer = this.#buffer;
    for (let at = 0; at + this.#awaited.header <= buffer.length; at++) {
      const length = this.#awaited.lengthAt(buffer, at);
      if (length === 0) continue;
      if (at + length > buffer.length) {
        // Its end may still come: everything behind it waits, until the time is up.
        if (!final) return found;
        found.cut ??= `reply of ${buffer.length - at} bytes instead of ${length}`;
        continue;
      }
      const pdu = this.#awaited.open(buffer.subarray(at, at + length));
      if (pdu === null) {
        found.checksum = true;
        continue;
      }
      const response = decodeResponse(pdu, this.#request);
      if (response.ok) {
        found.outcome = { ok: true, response: response.value, noise: this.#lost + at };
        return found;
      }
      found.misfit ??= response.detail;
    }
    return found;
  }
}
