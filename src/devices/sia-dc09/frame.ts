import { crc16 } from './crc16.ts';

/** What was heard: the text between the length and the CR, or why a frame was none. */
export type Heard =
  | { readonly ok: true; readonly body: string }
  | { readonly ok: false; readonly code: 'CHECKSUM' | 'MALFORMED'; readonly detail: string };

const LF = 0x0a;
const CR = 0x0d;
/** LF, four digits of CRC, `0LLL`. */
const HEAD = 9;
/** The format allows 4095; messages of panels stay below 200 bytes. */
const LONGEST_BODY = 1024;
/** So many strange bytes are told as one refusal. */
const STRANGE = 256;

/** The bytes of a message: `LF CRC 0LLL body CR`. */
export function encodeFrame(body: string): Uint8Array {
  const bytes = Buffer.from(body, 'latin1');
  const crc = crc16(bytes).toString(16).toUpperCase().padStart(4, '0');
  const length = bytes.length.toString(16).toUpperCase().padStart(3, '0');
  return Buffer.from(`\n${crc}0${length}${body}\r`, 'latin1');
}

/**
 * Finds frames whatever the chunks. After a bad one it goes on one byte later, so a good frame behind it
 * is not lost. No LF or CR stands inside a body, so a wrong length never waits for the next frame.
 * Keeps at most one frame.
 */
export class FrameScanner {
  #rest = Buffer.alloc(0);
  #strange = 0;

  /** Bytes kept for later. */
  get kept(): number {
    return this.#rest.length;
  }

  push(chunk: Uint8Array): Heard[] {
    const bytes = Buffer.concat([this.#rest, chunk]);
    const heard: Heard[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (bytes[at] !== LF) {
        const next = bytes.indexOf(LF, at);
        const end = next === -1 ? bytes.length : next;
        this.#noise(end - at, heard);
        at = end;
        continue;
      }
      const found = judge(bytes, at);
      if (found === null) break;
      heard.push(found.heard);
      this.#strange = 0;
      at += found.length;
    }
    this.#rest = bytes.subarray(at);
    return heard;
  }

  #noise(count: number, heard: Heard[]): void {
    this.#strange += count;
    if (this.#strange < STRANGE) return;
    const detail = `${this.#strange} bytes in which no frame begins`;
    heard.push({ ok: false, code: 'MALFORMED', detail });
    this.#strange = 0;
  }
}

/** What begins at the LF at `from` and how many bytes it takes; null while only more bytes can tell. */
function judge(bytes: Buffer, from: number): { heard: Heard; length: number } | null {
  const head = bytes.toString('latin1', from + 1, Math.min(bytes.length, from + HEAD));
  const odd = /[^0-9A-Fa-f]/.exec(head);
  if (odd !== null || (head.length > 4 && head[4] !== '0')) {
    return bad('MALFORMED', `${JSON.stringify(head)} is no checksum and length`);
  }
  if (head.length < HEAD - 1) return null;
  const length = Number.parseInt(head.slice(4), 16);
  if (length > LONGEST_BODY) return bad('MALFORMED', `a message of ${length} bytes, at most ${LONGEST_BODY}`);
  const start = from + HEAD;
  const body = bytes.subarray(start, start + length);
  const control = body.findIndex((byte) => byte < 0x20);
  if (control !== -1) {
    return bad('MALFORMED', `byte ${body[control]} after ${control} of ${length} bytes of a message`);
  }
  if (bytes.length <= start + length) return null;
  if (bytes[start + length] !== CR) return bad('MALFORMED', `no CR after the ${length} bytes of a message`);
  const crc = crc16(body);
  const given = Number.parseInt(head.slice(0, 4), 16);
  if (crc !== given) {
    return bad('CHECKSUM', `checksum ${hex(given)} of a message whose checksum is ${hex(crc)}`);
  }
  return { heard: { ok: true, body: body.toString('latin1') }, length: HEAD + length + 1 };
}

function bad(code: 'CHECKSUM' | 'MALFORMED', detail: string): { heard: Heard; length: number } {
  return { heard: { ok: false, code, detail }, length: 1 };
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(4, '0');
}
