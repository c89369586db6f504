/** Short messages as a modem takes and gives them in PDU mode (3GPP TS 23.040). Pure, both halves. */

/** One part of a message on its way out: its octets as hexadecimal, and their number as `AT+CMGS` counts them. */
export type SubmitPdu = { readonly hex: string; readonly length: number };

/** A message as the other side of the network sees it. */
export type Short = {
  readonly number: string;
  readonly text: string;
  /** Of a message in several parts. */
  readonly part: { readonly ref: number; readonly total: number; readonly no: number } | null;
};

/** UTF-16 units that one message holds, alone and as a part. */
const ALONE = 70;
const OF_SEVERAL = 67;
const MOST_PARTS = 10;

const SUBMIT = 0x01;
/** The validity is a number of its own (relative). */
const RELATIVE = 0x10;
const HEADER = 0x40;
const UCS2 = 0x08;
/** 24 hours: an alarm of yesterday is no SMS of today. */
const VALIDITY = 0xa7;
const INTERNATIONAL = 0x91;
const CONCATENATED = 0x00;

/**
 * A text of any length to a number in E.164, always as UCS-2: a `°` is in no other alphabet that
 * every network takes. What is longer than ten parts is cut, and ends with `…`.
 *
 * @param ref 0 to 255, the same for all parts, another for the next message to this number
 */
export function encodeSubmit(number: string, text: string, ref: number): SubmitPdu[] {
  const parts = split(text);
  return parts.map((part, i) => {
    const header = parts.length === 1 ? [] : [5, CONCATENATED, 3, ref & 0xff, parts.length, i + 1];
    const data = Buffer.concat([Uint8Array.from(header), utf16(part)]);
    const first = SUBMIT | RELATIVE | (header.length > 0 ? HEADER : 0);
    const octets = Buffer.concat([
      Uint8Array.of(first, 0),
      address(number),
      Uint8Array.of(0, UCS2, VALIDITY, data.length),
      data,
    ]);
    // The leading 00 takes the service centre of the card and is not counted.
    return { hex: `00${octets.toString('hex').toUpperCase()}`, length: octets.length };
  });
}

/** What a network makes of a submitted message. @throws RangeError for what is none */
export function decodeSubmit(hex: string): Short {
  const reader = readerOf(hex);
  reader.skip(reader.octet());
  const first = reader.octet();
  if ((first & 0x03) !== SUBMIT) throw new RangeError('no SMS-SUBMIT');
  reader.octet();
  const number = reader.address();
  reader.octet();
  const coding = reader.octet();
  if ((first & 0x18) === RELATIVE) reader.octet();
  return { number, ...reader.userData(coding, (first & HEADER) !== 0) };
}

/** A message that came in, as `AT+CMGR` gives it. @throws RangeError for what is none */
export function decodeDeliver(hex: string): Short {
  const reader = readerOf(hex);
  reader.skip(reader.octet());
  const first = reader.octet();
  if ((first & 0x03) !== 0) throw new RangeError('no SMS-DELIVER');
  const number = reader.address();
  reader.octet();
  const coding = reader.octet();
  reader.skip(7);
  return { number, ...reader.userData(coding, (first & HEADER) !== 0) };
}

/** A message as the network hands it to a modem, in UCS-2. */
export function encodeDeliver(number: string, text: string): string {
  const data = utf16(text);
  const stamp = Buffer.from('62114261000023', 'hex');
  const octets = [
    Uint8Array.of(0, 0x04),
    address(number),
    Uint8Array.of(0, UCS2),
    stamp,
    Uint8Array.of(data.length),
    data,
  ];
  return Buffer.concat(octets).toString('hex').toUpperCase();
}

/** Cut so that no pair of surrogates is torn. */
function split(text: string): string[] {
  if (text.length <= ALONE) return [text];
  const parts: string[] = [];
  let rest = text;
  while (rest !== '' && parts.length < MOST_PARTS) {
    let end = Math.min(OF_SEVERAL, rest.length);
    if (end < rest.length && isHigh(rest.charCodeAt(end - 1))) end--;
    parts.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  const last = parts.at(-1) ?? '';
  if (rest !== '')
    parts[parts.length - 1] = `${last.slice(0, isHigh(last.charCodeAt(last.length - 2)) ? -2 : -1)}…`;
  return parts;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

/** Digits two by two, the first in the low half; `F` fills up. */
function address(number: string): Uint8Array {
  const digits = number.replace(/^\+/, '');
  const padded = digits.length % 2 === 0 ? digits : `${digits}F`;
  const swapped = padded.replaceAll(/(.)(.)/g, '$2$1');
  return Buffer.concat([Uint8Array.of(digits.length, INTERNATIONAL), Buffer.from(swapped, 'hex')]);
}

type Reader = {
  octet(): number;
  skip(n: number): void;
  address(): string;
  userData(coding: number, hasHeader: boolean): Pick<Short, 'text' | 'part'>;
};

function readerOf(hex: string): Reader {
  if (!/^(?:[0-9a-fA-F]{2}){2,300}$/.test(hex)) throw new RangeError('no PDU');
  const bytes = Buffer.from(hex, 'hex');
  let at = 0;
  const take = (n: number): Buffer => {
    if (at + n > bytes.length) throw new RangeError(`a PDU of ${bytes.length} octets that ends too early`);
    at += n;
    return bytes.subarray(at - n, at);
  };
  const octet = (): number => take(1)[0] ?? 0;
  return {
    octet,
    skip: (n) => void take(n),
    address: () => {
      const digits = octet();
      const type = octet();
      const swapped = take(Math.ceil(digits / 2))
        .toString('hex')
        .replaceAll(/(.)(.)/g, '$2$1');
      // A name instead of a number (type of number 5) is nobody we know.
      if ((type & 0x70) === 0x50) return '';
      return `${(type & 0x70) === 0x10 ? '+' : ''}${swapped.slice(0, digits)}`;
    },
    userData: (coding, hasHeader) => {
      const length = octet();
      const data = bytes.subarray(at);
      const header = hasHeader ? data.subarray(0, (data[0] ?? 0) + 1) : Buffer.alloc(0);
      const part = partOf(header);
      if ((coding & 0x0c) === UCS2) {
        if (data.length < length || (length - header.length) % 2 !== 0) throw new RangeError('a torn text');
        const units = Buffer.from(data.subarray(header.length, length));
        return { part, text: units.swap16().toString('utf16le') };
      }
      if ((coding & 0x0c) !== 0) throw new RangeError(`coding ${coding} is no text`);
      if (data.length < Math.ceil((length * 7) / 8)) throw new RangeError('a torn text');
      const skipped = Math.ceil((header.length * 8) / 7);
      return { part, text: unpack(data, length).slice(skipped) };
    },
  };
}

function partOf(header: Uint8Array): Short['part'] {
  const [length, kind, size, ref, total, no] = header;
  if (length !== 5 || kind !== CONCATENATED || size !== 3) return null;
  return ref === undefined || total === undefined || no === undefined ? null : { ref, total, no };
}

/** Septets of the default alphabet; where it is not ASCII, as `?`: we wait for letters and digits only. */
function unpack(data: Uint8Array, septets: number): string {
  let text = '';
  for (let i = 0; i < septets; i++) {
    const bit = i * 7;
    const pair = (data[bit >> 3] ?? 0) | ((data[(bit >> 3) + 1] ?? 0) << 8);
    const c = String.fromCharCode((pair >> (bit & 7)) & 0x7f);
    text += /[\n\r !"#%&'()*+,\-./0-9:;<=>?A-Za-z]/.test(c) ? c : '?';
  }
  return text;
}
