import { checkDigit, TEXT } from './characters.ts';
import { AI_DIGITS, AI_FORMATS } from './generated/application-identifiers.ts';

/** One component of a value, as tags write it. */
export type Component = {
  readonly coding: string;
  /** Digits or characters: exactly, or at most. */
  readonly chars: number;
  /** Bits of the value, or of its length. */
  readonly bits: number;
};
/** Values by application identifier, in their order. */
export type Elements = readonly (readonly [ai: string, value: string])[];

type Format = { readonly components: readonly Component[]; readonly pattern: RegExp };

const FORMATS = new Map<string, Format>();
for (const [format, ais] of Object.entries(AI_FORMATS)) {
  const components = format.split('; ').map((part) => {
    const [coding = '', chars, bits] = part.split(' ');
    return { coding, chars: Number(chars), bits: Number(bits ?? 0) };
  });
  const made = { components, pattern: new RegExp(`^${components.map(patternOf).join('')}$`) };
  for (const ai of ais.split(' ')) FORMATS.set(ai, made);
}
// Of a component or part only digits, capitals, # - and / (General Specifications figure 7.11-2), which table F does not tell.
FORMATS.set('8010', { components: componentsOf('8010') ?? [], pattern: /^[#/\dA-Z-]{1,30}$/ });

const DIGITS = new Map<string, number>();
for (const [digits, starts] of Object.entries(AI_DIGITS))
  for (const start of starts.split(' ')) DIGITS.set(start, Number(digits));

/** How many digits of the value its check digit ends (GS1 General Specifications chapter 3). */
const CHECKED: Readonly<Record<string, number>> = {
  '00': 18,
  '01': 14,
  '02': 14,
  '253': 13,
  '255': 13,
  '402': 17,
  '8003': 14,
  '8006': 14,
  '8017': 18,
  '8018': 18,
  '8026': 14,
};
for (let ai = 410; ai <= 417; ai++) Object.assign(CHECKED, { [ai]: 13 });

/** Values that end without FNC1 by the first two digits of their identifier: digits of both (figure 7.8.5-2). */
const PREDEFINED = new Map<string, number>([
  ['00', 20],
  ['01', 16],
  ['02', 16],
  ...['11', '12', '13', '15', '16', '17'].map((ai) => [ai, 8] as const),
  ['20', 4],
  ...['31', '32', '33', '34', '35', '36'].map((ai) => [ai, 10] as const),
  ['41', 16],
]);

function patternOf({ coding, chars }: Component, i: number, all: readonly Component[]): string {
  const least = i > 0 && all[0]?.coding === 'nibbles' ? 0 : 1;
  if (coding === 'text' || coding === 'delimited' || coding === 'other')
    return `${TEXT.source.slice(1, -2)}{${least},${chars}}`;
  if (coding === 'number') return `\\d{${least},${chars}}`;
  if (coding === 'minus') return '-?';
  return coding === 'flag' ? '[01]' : `\\d{${chars}}`;
}

export function componentsOf(ai: string): readonly Component[] | null {
  return FORMATS.get(ai)?.components ?? null;
}

/** The identifier at the start of a text, or null. */
export function identifierAt(text: string): string | null {
  const ai = text.slice(0, DIGITS.get(text.slice(0, 2)) ?? 0);
  return FORMATS.has(ai) ? ai : null;
}

/** Characters of the value where no FNC1 ends it, else null. */
export function predefinedLength(ai: string): number | null {
  const whole = PREDEFINED.get(ai.slice(0, 2));
  return whole === undefined ? null : whole - ai.length;
}

/** What is wrong with a value, or null. */
export function checkValue(ai: string, value: string): string | null {
  const format = FORMATS.get(ai);
  if (format === undefined) return `there is no application identifier ${ai}`;
  if (!format.pattern.test(value)) return `(${ai}) has ${shapeOf(format.components)}, not "${value}"`;
  const checked = CHECKED[ai];
  if (checked !== undefined) {
    const digit = checkDigit(value.slice(0, checked - 1));
    if (digit !== value[checked - 1])
      return `(${ai}) ${value}: the check digit is ${value[checked - 1]}, it should be ${digit}`;
  }
  if (/^(date|minute)$/.test(format.components[0]?.coding ?? '') && !isDate(value))
    return `(${ai}) ${value} is not a date YYMMDD`;
  return null;
}

/** YYMMDD, day 00 for the whole month; with hours and minutes where there are ten digits. */
function isDate(value: string): boolean {
  const [month, day, hour, minute] = [2, 4, 6, 8].map((at) => Number(value.slice(at, at + 2)));
  if (month === undefined || month < 1 || month > 12 || (day ?? 0) > 31) return false;
  return (hour ?? 0) < 24 && (minute ?? 0) < 60;
}

function shapeOf(components: readonly Component[]): string {
  return components
    .map(({ coding, chars }) => {
      if (coding === 'minus') return 'a minus sign where it is negative';
      if (coding === 'flag') return '0 or 1';
      if (coding === 'number') return `up to ${chars} digits`;
      return /^(text|delimited|other)$/.test(coding) ? `up to ${chars} characters` : `${chars} digits`;
    })
    .join(' and ');
}
