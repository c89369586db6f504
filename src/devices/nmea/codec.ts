/** NMEA 0183 sentences: `$`, address, fields, `*`, two hexadecimal digits, CR LF. */

/** A sentence from GNSS, whatever satellites it came from (talker GP, GN, BD, GB, GL, GA …). */
export type Sentence = Rmc | Gga;

/** Recommended minimum: position, speed and the only date there is. */
export type Rmc = {
  readonly type: 'RMC';
  readonly talker: string;
  /** ms since 1970; null where time or date is empty. */
  readonly at: number | null;
  /** ms since midnight UTC, what RMC and GGA of one epoch have in common; null when empty. */
  readonly time: number | null;
  readonly valid: boolean;
  /** Mode of NMEA 2.3 (`A`, `D`, `E` estimated, `M` typed in, `S` simulated, `N` none); empty before it. */
  readonly mode: string;
  readonly place: Place | null;
  /** Hundredths of a knot; null when empty. */
  readonly speed: number | null;
};

/** Fix data: quality and satellites. */
export type Gga = {
  readonly type: 'GGA';
  readonly talker: string;
  readonly time: number | null;
  /** 0 none, 1 GNSS, 2 differential, 4 and 5 RTK, 6 estimated, 7 typed in, 8 simulated. */
  readonly quality: number;
  readonly place: Place | null;
  readonly satellites: number | null;
};

/** Ten-millionths of a degree, north and east positive. */
export type Place = { readonly latitude: number; readonly longitude: number };

export type DecodedSentence =
  | { readonly ok: true; readonly sentence: Sentence | null }
  | { readonly ok: false; readonly code: 'CHECKSUM' | 'MALFORMED'; readonly detail: string };

/**
 * Decodes `GPRMC,…*6A`, from behind the `$` to the checksum. A whole sentence that is neither RMC
 * nor GGA is null: receivers send many, and they say nothing to us.
 */
export function decodeSentence(text: string): DecodedSentence {
  const body = text.slice(0, -3);
  const found = text.slice(-2);
  const wanted = checksum(body);
  if (text.at(-3) !== '*' || found !== wanted) {
    return { ok: false, code: 'CHECKSUM', detail: `checksum ${found} of ${body.slice(0, 6)}, not ${wanted}` };
  }
  const [address = '', ...fields] = body.split(',');
  const known = /^([A-Z]{2})(RMC|GGA)$/.exec(address);
  if (known === null) return { ok: true, sentence: null };
  const [, talker = '', type] = known;
  const sentence = type === 'RMC' ? readRmc(talker, fields) : readGga(talker, fields);
  if (sentence !== null) return { ok: true, sentence };
  return { ok: false, code: 'MALFORMED', detail: `not a field of ${address}: ${body.slice(0, 80)}` };
}

/** The sentence with `$`, checksum and CR LF. Positions are written to 10^-5 of a minute (2 cm). */
export function encodeSentence(s: Sentence): string {
  const place = s.place === null ? ',,,' : placeText(s.place);
  const time = s.time === null ? '' : timeText(s.time);
  const body =
    s.type === 'GGA'
      ? `${s.talker}GGA,${time},${place},${s.quality},${s.satellites ?? ''},,,M,,M,,`
      : `${s.talker}RMC,${time},${s.valid ? 'A' : 'V'},${place},${s.speed === null ? '' : (s.speed / 100).toFixed(2)},,${s.at === null ? '' : dateText(s.at)},,,${s.mode}`;
  return `$${body}*${checksum(body)}\r\n`;
}

/** XOR of the characters between `$` and `*`, two capital hexadecimal digits. */
function checksum(body: string): string {
  let sum = 0;
  for (let i = 0; i < body.length; i++) sum ^= body.charCodeAt(i);
  return sum.toString(16).toUpperCase().padStart(2, '0');
}

function readRmc(talker: string, f: readonly string[]): Rmc | null {
  const time = readTime(f[0]);
  const place = readPlace(f.slice(2, 6));
  const knots = readNumber(f[6]);
  const day = readDate(f[8]);
  const status = f[1];
  const mode = f[11] ?? '';
  if (time === false || place === false || knots === false || day === false) return null;
  if ((status !== 'A' && status !== 'V') || !/^[A-Z]?$/.test(mode)) return null;
  return {
    type: 'RMC',
    talker,
    at: time === null || day === null ? null : day + time,
    time,
    valid: status === 'A',
    mode,
    place,
    speed: knots === null ? null : Math.round(knots * 100),
  };
}

function readGga(talker: string, f: readonly string[]): Gga | null {
  const time = readTime(f[0]);
  const place = readPlace(f.slice(1, 5));
  const quality = /^[0-8]$/.test(f[5] ?? '') ? Number(f[5]) : null;
  const satellites = readNumber(f[6]);
  if (time === false || place === false || quality === null || satellites === false) return null;
  if (satellites !== null && (!Number.isInteger(satellites) || satellites > 99)) return null;
  return { type: 'GGA', talker, time, quality, place, satellites };
}

/** Fields may be empty (null); false for what is no such field. */
type Field<T> = T | null | false;

function readNumber(text: string | undefined): Field<number> {
  if (text === undefined || text === '') return null;
  return /^\d{1,5}(\.\d{1,6})?$/.test(text) && Number(text);
}

function readTime(text: string | undefined): Field<number> {
  if (text === undefined || text === '') return null;
  const m = /^([01]\d|2[0-3])([0-5]\d)([0-5]\d|60)(?:\.(\d{1,6}))?$/.exec(text);
  if (m === null) return false;
  const ms = Math.floor(Number(`0.${m[4] ?? '0'}`) * 1000 + 1e-6);
  return (Number(m[1]) * 60 + Number(m[2])) * 60_000 + Number(m[3]) * 1000 + ms;
}

/** Two-digit years: 80 to 99 are of the last century (GPS time begins in 1980). */
function readDate(text: string | undefined): Field<number> {
  if (text === undefined || text === '') return null;
  const m = /^(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (m === null) return false;
  const [day, month, year] = [Number(m[1]), Number(m[2]), Number(m[3])];
  const at = Date.UTC(year >= 80 ? 1900 + year : 2000 + year, month - 1, day);
  return new Date(at).getUTCDate() === day && month >= 1 && month <= 12 && at;
}

function readPlace([lat = '', ns = '', lon = '', ew = '']: readonly string[]): Field<Place> {
  if (lat === '' && lon === '') return null;
  const latitude = readAngle(lat, 2, 90, ns, 'NS');
  const longitude = readAngle(lon, 3, 180, ew, 'EW');
  return latitude === null || longitude === null ? false : { latitude, longitude };
}

function readAngle(text: string, digits: 2 | 3, most: number, side: string, sides: string): number | null {
  const m = /^(\d{2,3})(\d\d(?:\.\d{1,8})?)$/.exec(text);
  const [degrees, minutes] = [Number(m?.[1]), Number(m?.[2])];
  if (m?.[1]?.length !== digits || minutes >= 60 || side.length !== 1) return null;
  const size = degrees * 1e7 + Math.round((minutes * 1e7) / 60);
  if (size > most * 1e7 || !sides.includes(side)) return null;
  return side === sides[1] && size !== 0 ? -size : size;
}

function placeText({ latitude, longitude }: Place): string {
  return `${angleText(latitude, 2)},${latitude < 0 ? 'S' : 'N'},${angleText(longitude, 3)},${longitude < 0 ? 'W' : 'E'}`;
}

function angleText(v: number, digits: number): string {
  // Of minutes so many hundred-thousandths.
  const all = Math.round((Math.abs(v) * 60) / 100);
  const degrees = Math.floor(all / 6_000_000);
  const minutes = (all - degrees * 6_000_000) / 100_000;
  return String(degrees).padStart(digits, '0') + minutes.toFixed(5).padStart(8, '0');
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(11, 22).replaceAll(':', '');
}

function dateText(at: number): string {
  const [year = '', month = '', day = ''] = new Date(at).toISOString().slice(2, 10).split('-');
  return day + month + year;
}
