import type { Heard } from '../talker/frame-scanner.ts';

export const SUFFIXES = ['any', 'cr', 'lf', 'crlf', 'etx'] as const;
export type Suffix = (typeof SUFFIXES)[number];

export const ENCODINGS = ['utf-8', 'gb18030'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** How a scanner is set up to send a code. */
export type ScanFormat = {
  /** `any` is CR or LF or both. */
  readonly suffix: Suffix;
  /** What stands before every code; empty for nothing. */
  readonly prefix: string;
  /** What the scanner sends for FNC1. */
  readonly fnc1: string;
  /** Of what is no ASCII; GB 18030 reads GBK and GB 2312 as well. */
  readonly encoding: Encoding;
};

/** A symbol holds at most 7089 characters (QR Code version 40-L, digits). */
export const LONGEST_SCAN = 7100;

const CR = 0x0d;
const LF = 0x0a;
const ETX = 0x03;
const GS = '\x1d';
/** Control characters that stand in codes: GS for FNC1, RS and EOT in the envelopes of ISO/IEC 15434. */
const IN_CODES: ReadonlySet<number> = new Set([0x1d, 0x1e, 0x04]);

const ENDS: Readonly<Record<Suffix, readonly number[]>> = {
  any: [CR],
  cr: [CR],
  lf: [LF],
  crlf: [CR, LF],
  etx: [ETX],
};

/** Finds the codes of a scanner in any chunks. Keeps at most one code's bytes. */
export class ScanReader {
  readonly #format: ScanFormat;
  #line: number[] = [];
  /** Too much has come without an end: the rest of it is none of a code's business. */
  #isOverlong = false;

  constructor(format: ScanFormat) {
    this.#format = format;
  }

  /** Bytes kept for later. */
  get kept(): number {
    return this.#line.length;
  }

  forget(): void {
    this.#line = [];
    this.#isOverlong = false;
  }

  push(chunk: Uint8Array): Heard<string>[] {
    const heard: Heard<string>[] = [];
    for (const byte of chunk) {
      const line = this.#line;
      line.push(byte);
      const cut = this.#endedBy(byte);
      if (cut === 0) {
        if (line.length <= LONGEST_SCAN) continue;
        if (!this.#isOverlong) heard.push(bad(`more than ${LONGEST_SCAN} bytes without the suffix`));
        this.#isOverlong = true;
        // Of the end only its first byte can have come.
        this.#line = [byte];
        continue;
      }
      line.length -= cut;
      const said = this.#isOverlong ? null : this.#read(line);
      this.forget();
      if (said !== null) heard.push(said);
    }
    return heard;
  }

  /** Nothing more came for a while: what has no end by now is no code. */
  expire(): Heard<string>[] {
    const { length } = this.#line;
    const isNews = length > 0 && !this.#isOverlong;
    this.forget();
    return isNews ? [bad(`${length} bytes without the suffix ${this.#format.suffix}`)] : [];
  }

  /** How many bytes of the line are its end; 0 while it has none. */
  #endedBy(byte: number): number {
    const { suffix } = this.#format;
    if (suffix === 'any') return byte === CR || byte === LF ? 1 : 0;
    if (suffix !== 'crlf') return byte === ENDS[suffix][0] ? 1 : 0;
    return byte === LF && this.#line.at(-2) === CR ? 2 : 0;
  }

  /** Null for an empty line. */
  #read(line: readonly number[]): Heard<string> | null {
    if (line.length === 0) return null;
    const { prefix, fnc1, encoding } = this.#format;
    const bytes = Buffer.from(line);
    // A control character stands in no code: what lies before the last one is noise.
    const isControl = prefix !== '' && (prefix.codePointAt(0) ?? 0x20) < 0x20;
    const at = isControl ? bytes.lastIndexOf(prefix) : 0;
    if (at < 0 || !bytes.subarray(at).toString('latin1').startsWith(prefix)) {
      return bad(`a code without the prefix ${JSON.stringify(prefix)}`);
    }
    const content = bytes.subarray(at + prefix.length);
    const wrong = content.find((b) => b === 0x7f || (b < 0x20 && !IN_CODES.has(b)));
    if (wrong !== undefined) return bad(`byte ${wrong} in a code: is the baud rate right?`);
    const text = textOf(content, encoding);
    if (text === null) return bad(`a code that is no ${encoding}: is the baud rate right?`);
    return text === '' ? null : { ok: true, value: fnc1 === GS ? text : text.replaceAll(fnc1, GS) };
  }
}

const DECODERS: Readonly<Record<Encoding, TextDecoder>> = {
  'utf-8': new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }),
  gb18030: new TextDecoder('gb18030', { fatal: true }),
};

function textOf(bytes: Uint8Array, encoding: Encoding): string | null {
  try {
    return DECODERS[encoding].decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function bad(detail: string): Heard<string> {
  return { ok: false, code: 'MALFORMED', detail };
}

/** The bytes a scanner sends for a code, which is ASCII where the encoding is not UTF-8. */
export function encodeScan(text: string, { prefix, suffix, fnc1 }: Omit<ScanFormat, 'encoding'>): Uint8Array {
  const said = Buffer.from(prefix + text.replaceAll(GS, fnc1));
  return Uint8Array.from([...said, ...ENDS[suffix]]);
}
