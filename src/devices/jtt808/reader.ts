import { decodeMessage, type DecodedMessage } from './codec.ts';

/** Header of 2019 with its part, 1023 bytes of body and the check, each byte escaped. */
const LONGEST = 2 * (17 + 4 + 1023 + 1);
const FLAG = 0x7e;

/**
 * Finds messages in any chunking. 7E stands nowhere inside of one, so every 7E ends what was
 * before it and begins the next: one that was lost or made up costs only what it touches.
 */
export class MessageReader {
  #rest: number[] = [];
  #begun = false;

  /** Whether a message has begun and not ended. */
  get within(): boolean {
    return this.#rest.length > 0;
  }

  push(chunk: Uint8Array): DecodedMessage[] {
    const found: DecodedMessage[] = [];
    for (const byte of chunk) {
      if (byte === FLAG) {
        if (this.#rest.length > 0) found.push(this.#end());
        this.#rest = [];
        this.#begun = true;
      } else if (this.#rest.push(byte) > LONGEST) {
        found.push({ ok: false, code: 'MALFORMED', detail: `more than ${LONGEST} bytes without 7E` });
        this.#rest = [];
        this.#begun = false;
      }
    }
    return found;
  }

  #end(): DecodedMessage {
    if (this.#begun) return decodeMessage(Uint8Array.from(this.#rest));
    return { ok: false, code: 'MALFORMED', detail: `${this.#rest.length} bytes before 7E` };
  }
}
