import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';

/**
 * Writes src/domain/epc/generated from the definitions of GS1 Tag Data Translation 2.2 (Apache-2.0), of which a copy
 * is in test/fixtures/vectors/tds. A test runs this and compares.
 */

const root = join(import.meta.dirname, '..');
const source = join(root, 'test/fixtures/vectors/tds/tdt-2.2');
const target = join(root, 'src/domain/epc/generated');

type Field = {
  readonly name: string;
  readonly bitLength?: number;
  readonly length?: number;
  readonly decimalMaximum?: string;
  readonly compaction?: string;
};
type Option = {
  readonly pattern: string;
  readonly field: readonly Field[];
  readonly encodedAI?: readonly { readonly ai: string; readonly name: string }[];
  readonly aiSequence?: readonly string[];
};
type Level = {
  readonly type: string;
  readonly prefixMatch: string;
  readonly option: readonly Option[];
  readonly gs1DigitalLinkKeyQualifiers?: readonly string[];
};
type Scheme = {
  readonly name: string;
  readonly tagLength?: number;
  readonly optionKey?: string;
  readonly level: readonly Level[];
};
type Row = Readonly<Record<string, string | undefined>>;

/** The generated files by name, formatted as everything else here. */
export async function epcTables(): Promise<ReadonlyMap<string, string>> {
  const schemes = readdirSync(source)
    .filter((name) => !/^(TDT|manifest)/.test(name))
    .sort()
    .map(schemeIn);
  const plus = schemes.filter((s) => s.name.endsWith('+'));
  const tags = schemes.filter((s) => !s.name.endsWith('+'));
  const files = {
    'tag-schemes.ts': `${head('The schemes with a fixed layout; an option is its fields: coding, bits, digits or characters, most.')}
      export const TAG_SCHEMES = ${literal(tags.map(tagScheme))} as const;`,
    'plus-schemes.ts': `${head("The '+' schemes: a header, data toggle, filter and application identifiers.")}
      export const PLUS_SCHEMES = ${literal(plus.map(plusScheme))} as const;`,
    'application-identifiers.ts': `${head(
      'Tables F, K and B: how application identifiers are written on a tag, their number of digits by the first two, bits of integers by digits.',
    )}
      export const AI_FORMATS = ${literal(aiFormats())} as const;
      export const AI_DIGITS = ${literal(aiDigits())} as const;
      export const INTEGER_BITS = ${literal(rows('B').map((r) => Number(r['b'])))} as const;`,
  };
  const config = { ...(await resolveConfig(join(target, 'tables.ts'))), parser: 'typescript' };
  const made = Object.entries(files).map(async ([name, code]) => [name, await format(code, config)] as const);
  return new Map(await Promise.all(made));
}

function text(name: string): string {
  return readFileSync(join(source, name), 'utf8');
}

function schemeIn(name: string): Scheme {
  const file: { readonly 'tdt:epcTagDataTranslation': { readonly scheme: Scheme } } = JSON.parse(text(name));
  return file['tdt:epcTagDataTranslation'].scheme;
}

function rows(table: string): readonly Row[] {
  const file: { readonly rows: readonly Row[] } = JSON.parse(text(`TDT_Table${table}.json`));
  return file.rows;
}

function head(what: string): string {
  return `// Written by scripts/build-epc-tables.ts from GS1 Tag Data Translation 2.2 (https://github.com/gs1/TDT, Apache-2.0).
    /** ${what} */`;
}

function literal(value: unknown): string {
  return JSON.stringify(value);
}

function level(scheme: Scheme, type: string): Level {
  const found = scheme.level.find((l) => l.type === type);
  if (found === undefined) throw new Error(`${scheme.name} has no level ${type}`);
  return found;
}

function tagScheme(scheme: Scheme) {
  const binary = level(scheme, 'BINARY');
  const uri = level(scheme, 'TAG_ENCODING');
  const partitioned = scheme.optionKey === 'gs1companyprefixlength';
  // ADI has eight options for what one says: with a six-character code and a part number.
  const options = binary.option.map((option, i) => ({ option, pattern: uri.option[i]?.pattern ?? '' }));
  const shown = partitioned ? options : options.filter((_, i) => i === (scheme.name === 'ADI-var' ? 5 : 0));
  const filter = shown[0]?.option.field.find((f) => f.name === 'filter')?.bitLength ?? 0;
  return {
    name: scheme.name,
    type: level(scheme, 'PURE_IDENTITY').prefixMatch.replace('urn:epc:id:', ''),
    header: Number.parseInt(binary.prefixMatch, 2),
    bits: scheme.tagLength ?? 0,
    filter,
    fields: fieldsOf(shown[0]?.option).map((f) => f.name.replace('prepended', '')),
    options: shown.map(({ option, pattern }) =>
      optionOf(option, pattern)
        .map((f) => f.join(' ').trim())
        .join('; '),
    ),
  };
}

function fieldsOf(option: Option | undefined): readonly Field[] {
  return option?.field.filter((f) => f.name !== 'filter') ?? [];
}

function optionOf(option: Option, pattern: string) {
  const fields = fieldsOf(option);
  const repeats = [...pattern.matchAll(/\{(?:1,)?(\d+)\}/g)].map((m) => Number(m[1])).slice(-fields.length);
  return fields.map((f, i) => {
    const bits = f.bitLength ?? 0;
    if (f.compaction === '7-bit') return ['ascii', bits, Math.floor(bits / 7), ''];
    if (f.compaction === '6-bit') return ['six', bits, f.length ?? repeats[i] ?? 0, ''];
    if (f.compaction === '8-bit') return ['byte', bits, f.length ?? 0, ''];
    if (f.name === 'dodaac') return ['six', 36, 6, ''];
    if (f.name.startsWith('prepended')) return ['led', bits, 0, f.decimalMaximum ?? ''];
    return f.length === undefined
      ? ['free', bits, 0, f.decimalMaximum ?? '']
      : ['digits', bits, f.length, f.decimalMaximum ?? ''];
  });
}

function plusScheme(scheme: Scheme) {
  const binary = level(scheme, 'BINARY');
  const link = level(scheme, 'GS1_DIGITAL_LINK');
  const encoded = binary.option[0]?.encodedAI ?? [];
  const ais = encoded.map(({ ai }) => ai);
  // DSGTIN+: which date comes first is told by four bits, the number of the option.
  const dates =
    scheme.optionKey === 'dateType' ? level(scheme, 'GS1_AI_JSON').option.map((o) => o.aiSequence ?? []) : [];
  return {
    name: scheme.name,
    header: Number.parseInt(binary.prefixMatch, 2),
    ais,
    dates: dates.map((sequence) => sequence.find((ai) => !ais.includes(ai)) ?? ''),
    qualifiers: link.gs1DigitalLinkKeyQualifiers ?? [],
  };
}

/** What the columns of table F say of one component. */
type Cells = Readonly<Record<'chars' | 'bits' | 'length' | 'most', string | undefined>>;

const CODINGS: Readonly<Record<string, (cells: Cells) => string>> = {
  'Fixed-length numeric': ({ chars }) => `nibbles ${chars}`,
  'Fixed-Bit-Length Numeric String': ({ chars, bits }) => `integer ${chars} ${bits}`,
  'Variable-length alphanumeric': ({ most, length }) => `text ${most} ${length}`,
  'Variable-length numeric string without encoding indicator': ({ most, length }) =>
    `number ${most} ${length}`,
  'Delimited/terminated numeric': ({ most, length }) => `delimited ${most} ${length}`,
  '6-digit date YYMMDD': () => 'date 6',
  '10-digit date+time YYMMDDhhmm': () => 'minute 10',
  'Single data bit': () => 'flag 1',
  'Optional minus sign in 1 bit': () => 'minus 1',
};

/** Identifiers by format, e.g. `nibbles 13; text 17 5`; `other` where bailee does not read the value from a tag. */
function aiFormats(): Readonly<Record<string, string>> {
  const formats: Record<string, string> = {};
  for (const r of rows('F')) {
    const first = { chars: r['d'], bits: r['e'], length: r['g'], most: r['h'] };
    const second = { chars: r['k'], bits: r['l'], length: r['n'], most: r['o'] };
    const parts = [CODINGS[r['b'] ?? '']?.(first) ?? 'other 20'];
    if (r['i'] !== undefined) parts.push(CODINGS[r['i']]?.(second) ?? 'other 20');
    const joined = parts.join('; ');
    formats[joined] = [formats[joined], r['a']].filter((x) => x !== undefined).join(' ');
  }
  return formats;
}

function aiDigits(): Readonly<Record<string, string>> {
  const digits: Record<string, string> = {};
  for (const { a, b } of rows('K'))
    digits[b ?? ''] = [digits[b ?? ''], a].filter((x) => x !== undefined).join(' ');
  return digits;
}

if (import.meta.main) {
  for (const [name, code] of await epcTables()) writeFileSync(join(target, name), code);
}
