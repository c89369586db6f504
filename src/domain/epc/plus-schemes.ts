import { checkValue, identifierAt, type Elements } from './application-identifiers.ts';
import type { BitReader, BitWriter } from './bits.ts';
import { PLUS_SCHEMES } from './generated/plus-schemes.ts';
import { readHostName, writeHostName } from './host-name.ts';
import { readDate, readValue, writeDate, writeValue } from './tag-values.ts';

/** A scheme that writes application identifiers as they are, without a company prefix (TDS 2.x section 14.6.13 on). */
export type PlusScheme = {
  readonly name: string;
  readonly header: number;
  readonly ais: readonly string[];
  /** Identifiers of the date that comes first, by its four-bit type. */
  readonly dates: readonly string[];
  /** Whether the host name of a Digital Link follows. */
  readonly named: boolean;
};

/** What a tag of such a scheme says. */
export type PlusContent = {
  readonly filter: number;
  /** The key first, then what goes with it, then the data behind the EPC. */
  readonly elements: Elements;
  readonly hostName: string | null;
};

/** Headers of the '++' schemes of TDS 2.3; their bodies are those of the '+' schemes. */
const NAMED: Readonly<Record<string, number>> = {
  CPI: 0xe6,
  GSRN: 0xe7,
  GSRNP: 0xe8,
  SGLN: 0xe9,
  GDTI: 0xea,
  GRAI: 0xeb,
  SGCN: 0xec,
  ITIP: 0xed,
  GIAI: 0xee,
  SSCC: 0xef,
  DSGTIN: 0xfc,
  SGTIN: 0xfd,
};
const SMALLEST_VALUE_BITS = 8;
/** The first date of a tag is one YYMMDD as in (11), even where its identifier has room for more. */
const ANY_DATE = '11';

const PLAIN: readonly PlusScheme[] = PLUS_SCHEMES.map((s) => ({ ...s, named: false }));
export const ALL_PLUS: readonly PlusScheme[] = [
  ...PLAIN,
  ...PLAIN.flatMap((s) => {
    const header = NAMED[s.name.slice(0, -1)];
    return header === undefined ? [] : [{ ...s, name: `${s.name}+`, header, named: true }];
  }),
];

export function readPlus(scheme: PlusScheme, reader: BitReader): PlusContent {
  const more = reader.read(1) === 1;
  const filter = reader.read(3);
  const elements: [string, string][] = [];
  const date = scheme.dates.length === 0 ? null : readFirstDate(scheme, reader);
  for (const ai of scheme.ais) if (reader.fault === null) elements.push([ai, readValue(ai, reader)]);
  if (date !== null) elements.push(date);
  const hostName = scheme.named ? readHostName(reader) : null;
  if (more && scheme.named) reader.fail(`bailee does not read the data behind ${scheme.name}`);
  if (more) readMore(reader, elements);
  return { filter, elements, hostName };
}

/** Writes all behind the header, or says what is missing or wrong. Values the scheme has no place for go behind the EPC. */
export function writePlus(
  scheme: PlusScheme,
  { filter, elements, hostName }: PlusContent,
  writer: BitWriter,
): string | null {
  const ais = new Map(elements);
  const date = scheme.dates.find((ai) => ais.has(ai));
  const missing = scheme.ais.find((ai) => !ais.has(ai));
  if (missing !== undefined) return `${scheme.name} needs (${missing})`;
  if (scheme.dates.length > 0 && date === undefined)
    return `${scheme.name} needs a date: one of ${scheme.dates.map((ai) => `(${ai})`).join(' ')}`;
  if (filter > 7) return `the filter of ${scheme.name} is 0 to 7, not ${filter}`;
  const wrong = elements.map(([ai, value]) => checkValue(ai, value)).find((why) => why !== null);
  if (wrong !== undefined) return wrong;
  const rest = elements.filter(([ai]) => !scheme.ais.includes(ai) && ai !== date);
  if (rest.length > 0 && scheme.named) return `bailee writes no data behind ${scheme.name}`;
  writer.write(rest.length > 0 ? 1 : 0, 1);
  writer.write(filter, 3);
  if (date !== undefined) {
    const value = ais.get(date) ?? '';
    const why = checkValue(ANY_DATE, value);
    if (why !== null) return why.replace(ANY_DATE, date);
    writer.write(scheme.dates.indexOf(date), 4);
    writeDate(value, writer);
  }
  for (const ai of scheme.ais) {
    const why = writeValue(ai, ais.get(ai) ?? '', writer);
    if (why !== null) return why;
  }
  if (scheme.named) {
    const why = hostName === null ? `${scheme.name} needs a host name` : writeHostName(hostName, writer);
    if (why !== null) return why;
  }
  for (const [ai, value] of rest) {
    for (const digit of ai) writer.write(digit, 4);
    const why = writeValue(ai, value, writer);
    if (why !== null) return why;
  }
  return null;
}

/** Identifiers and values behind the EPC, up to the zeros that fill the last word. */
function readMore(reader: BitReader, elements: [string, string][]): void {
  if (reader.fault === null && reader.restIsZero())
    reader.fail('its toggle says that data follow, there are none');
  while (reader.fault === null && reader.left >= SMALLEST_VALUE_BITS && !reader.restIsZero()) {
    const ai = readIdentifier(reader);
    if (ai !== null) elements.push([ai, readValue(ai, reader)]);
  }
}

function readFirstDate(scheme: PlusScheme, reader: BitReader): [string, string] | null {
  const type = reader.read(4);
  const ai = scheme.dates[type];
  const date = readDate(reader);
  if (ai === undefined)
    reader.fail(`date type ${type} does not exist; there are 0 to ${scheme.dates.length - 1}`);
  const why = checkValue(ANY_DATE, date);
  if (why !== null) reader.fail(why.replace(ANY_DATE, ai ?? ''));
  return ai === undefined ? null : [ai, date];
}

/** Two, three or four digits of four bits each, as the first two tell (table K). */
function readIdentifier(reader: BitReader): string | null {
  let digits = '';
  while (digits.length < 4 && reader.fault === null) {
    digits += reader.read(4).toString(16).toUpperCase();
    if (digits.length > 1 && identifierAt(digits) === digits) return digits;
  }
  reader.fail(`there is no application identifier ${digits}`);
  return null;
}
