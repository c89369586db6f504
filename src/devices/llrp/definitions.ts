import { LLRP_1_0_1, LLRP_1_1, ZEBRA } from './generated/table.ts';
import { IMPINJ } from './impinj.ts';
import type { LlrpVersion } from './node.ts';

export type FieldType =
  | 'u1'
  | 'u2'
  | 'u8'
  | 's8'
  | 'u16'
  | 's16'
  | 'u32'
  | 'u64'
  | 'u96'
  | 'u1v'
  | 'u8v'
  | 'u16v'
  | 'u32v'
  | 'utf8v'
  | 'bytesToEnd';

const TYPES: readonly string[] = 'u1 u2 u8 s8 u16 s16 u32 u64 u96 u1v u8v u16v u32v utf8v bytesToEnd'.split(
  ' ',
);

export type Field =
  { readonly name: string; readonly type: FieldType } | { readonly name: null; readonly bits: number };

/** Parameters that may stand behind the fields: one of `names`, so often. */
export type Slot = { readonly names: readonly string[]; readonly least: 0 | 1; readonly many: boolean };

export type Definition = {
  readonly name: string;
  /** Message type, parameter type, or a vendor's subtype. */
  readonly type: number;
  readonly fields: readonly Field[];
  readonly slots: readonly Slot[];
};

/** The definitions of one version of the protocol. */
export type Protocol = {
  readonly messages: ReadonlyMap<number, Definition>;
  readonly parameters: ReadonlyMap<number, Definition>;
  readonly byName: ReadonlyMap<string, Definition>;
};

export const IMPINJ_VENDOR = 25882;
const ZEBRA_VENDOR = 161;
/** The number that older Motorola firmware writes for the same parameters. */
const MOTOROLA_VENDOR = 24213;

/** Parameters below this number are TV: no length, always complete. */
export const FIRST_TLV = 128;
export const CUSTOM_PARAMETER = 1023;

const PROTOCOLS: Readonly<Record<LlrpVersion, Protocol>> = {
  1: protocolOf(LLRP_1_0_1),
  2: protocolOf([...LLRP_1_0_1, ...LLRP_1_1]),
};

const VENDORS: ReadonlyMap<number, ReadonlyMap<string | number, Definition>> = new Map([
  [IMPINJ_VENDOR, vendorOf(IMPINJ)],
  [ZEBRA_VENDOR, vendorOf(ZEBRA)],
  [MOTOROLA_VENDOR, vendorOf(ZEBRA)],
]);

export function protocol(version: LlrpVersion): Protocol {
  return PROTOCOLS[version];
}

export function isZebra(vendor: number): boolean {
  return vendor === ZEBRA_VENDOR || vendor === MOTOROLA_VENDOR;
}

/** A vendor's own parameter by its subtype or its name. */
export function vendorParameter(vendor: number, key: number | string): Definition | undefined {
  return VENDORS.get(vendor)?.get(key);
}

function protocolOf(lines: readonly string[]): Protocol {
  const messages = new Map<number, Definition>();
  const parameters = new Map<number, Definition>();
  const byName = new Map<string, Definition>();
  for (const line of lines) {
    const definition = definitionOf(line);
    (line.startsWith('M') ? messages : parameters).set(definition.type, definition);
    byName.set(definition.name, definition);
  }
  return { messages, parameters, byName };
}

function vendorOf(lines: readonly string[]): ReadonlyMap<string | number, Definition> {
  const found = new Map<string | number, Definition>();
  for (const definition of lines.map(definitionOf)) {
    found.set(definition.type, definition);
    found.set(definition.name, definition);
  }
  return found;
}

function definitionOf(line: string): Definition {
  const [, type = '', name = '', ...members] = line.split(' ');
  return {
    name,
    type: Number(type),
    fields: members.filter((m) => m.includes(':')).map(fieldOf),
    slots: members.filter((m) => !m.includes(':')).map(slotOf),
  };
}

function fieldOf(text: string): Field {
  const [name = '', type = ''] = text.split(':');
  if (name === '_') return { name: null, bits: Number(type) };
  if (!isFieldType(type)) throw new Error(`the table has a field of type ${type}`);
  return { name, type };
}

function isFieldType(text: string): text is FieldType {
  return TYPES.includes(text);
}

function slotOf(text: string): Slot {
  const suffix = /[?*+]$/.exec(text)?.[0] ?? '';
  const names = text.slice(0, text.length - suffix.length).split('|');
  return { names, least: suffix === '' || suffix === '+' ? 1 : 0, many: suffix === '*' || suffix === '+' };
}
