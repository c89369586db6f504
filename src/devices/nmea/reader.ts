import { decodeSentence, type DecodedSentence } from './codec.ts';

/** The standard allows 82 characters; receivers with many decimals send a few more. */
const LONGEST = 120;
const [DOLLAR, STAR, CR, LF] = [36, 42, 13, 10];

/**
 * Finds sentences in any chunking of bytes. A `$` always begins one: what stood before it without
 * a checksum was cut off. Other bytes, a receiver's binary messages among them, are passed over.
 */
export class SentenceReader {
  #text: string | null = null;
  /** Where `*` stands in the text, -1 before it came. */
  #star = -1;

  push(chunk: Uint8Array): DecodedSentence[] {
    const found: DecodedSentence[] = [];
    for (const byte of chunk) {
      if (byte === DOLLAR) {
        if (this.#text !== null && this.#text !== '') found.push(broken('cut off', this.#text));
        this.#text = '';
        this.#star = -1;
      } else if (this.#text !== null) this.#take(byte, found);
    }
    return found;
  }

  #take(byte: number, found: DecodedSentence[]): void {
    const text = this.#text ?? '';
    if (byte < 0x20 || byte > 0x7e) {
      // A `.` that became `*` could be followed by the right digits: only the end of the line ends it.
      const isWhole = this.#star >= 0 && text.length === this.#star + 3;
      found.push(
        isWhole && (byte === CR || byte === LF) ? decodeSentence(text) : broken('no checksum', text),
      );
      this.#text = null;
      return;
    }
    if (this.#star < 0 && byte === STAR) this.#star = text.length;
    this.#text = text + String.fromCharCode(byte);
    if (text.length < LONGEST) return;
    found.push(broken(`more than ${LONGEST} characters`, text));
    this.#text = null;
  }
}

function broken(why: string, text: string): DecodedSentence {
  return { ok: false, code: 'MALFORMED', detail: `${why}: ${text.slice(0, 40)}` };
}
