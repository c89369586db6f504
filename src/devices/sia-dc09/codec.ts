/** ANSI/SIA DC-09 messages: what stands between the length and the CR of a frame; both halves. */

export type Envelope = {
  /** `ADM-CID`, `SIA-DCS`, `NULL`, `ACK`, `NAK`, `DUH`; without the star of an encrypted one. */
  readonly id: string;
  readonly isEncrypted: boolean;
  /** 0 to 9999; NULL has 0. */
  readonly sequence: number;
  /** `R` and its digits, empty where it was left out. */
  readonly receiver: string;
  /** `L` and its digits. */
  readonly line: string;
  /** Upper-case hex digits without the `#`. */
  readonly account: string;
  /** What follows the first bracket: the content, or its encryption in hex digits. */
  readonly rest: string;
};

export type Content = {
  /** Without its brackets, e.g. `#1234|1130 01 015`; empty in NULL and in answers. */
  readonly data: string;
  /** ms since 1970, from the GMT time stamp; null where there is none. */
  readonly time: number | null;
};

const ENVELOPE =
  /^"(\*?)([A-Z][A-Z0-9-]{1,15})"(\d{4})(R[0-9A-Fa-f]{1,6})?(L[0-9A-Fa-f]{1,6})#([0-9A-Fa-f]{3,16})\[(.*)$/;
const CONTENT = /^([^[\]]*)\](?:\[[^[\]]*\])*(?:_(\d\d):(\d\d):(\d\d),(\d\d)-(\d\d)-(\d{4}))?$/;

/** Null when it is no message. */
export function decodeEnvelope(body: string): Envelope | null {
  const match = ENVELOPE.exec(body);
  if (match === null) return null;
  const [, star, id = '', sequence, receiver = '', line = '', account = '', rest = ''] = match;
  return {
    id,
    isEncrypted: star === '*',
    sequence: Number(sequence),
    receiver,
    line,
    account: account.toUpperCase(),
    rest,
  };
}

export function encodeEnvelope(e: Envelope): string {
  const sequence = String(e.sequence).padStart(4, '0');
  return `"${e.isEncrypted ? '*' : ''}${e.id}"${sequence}${e.receiver}${e.line}#${e.account}[${e.rest}`;
}

/** Reads `data]` with a time stamp after it or not; extended data between them is passed over. */
export function decodeContent(text: string): Content | null {
  const match = CONTENT.exec(text);
  if (match === null) return null;
  const [, data = '', hour] = match;
  if (hour === undefined) return { data, time: null };
  const [h = 0, m = 0, s = 0, month = 0, day = 0, year = 0] = match.slice(2).map(Number);
  const time = Date.UTC(year, month - 1, day, h, m, s);
  return encodeTime(time) === text.slice(-20) ? { data, time } : null;
}

export function encodeContent({ data, time }: Content): string {
  return `${data}]${time === null ? '' : encodeTime(time)}`;
}

/** `_HH:MM:SS,MM-DD-YYYY`, GMT; the years 1000 to 9999. */
function encodeTime(ms: number): string {
  const [date = '', clock = ''] = new Date(ms).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `_${clock.slice(0, 8)},${month}-${day}-${year}`;
}
