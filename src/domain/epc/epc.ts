import { suggestion } from '../nearest.ts';
import type { Elements } from './application-identifiers.ts';
import { BitReader, BitWriter } from './bits.ts';
import { toUrn } from './characters.ts';
import { digitalLink } from './digital-link.ts';
import { elementString } from './element-string.ts';
import { elementsOf } from './elements.ts';
import { FIXED_SCHEMES, readFixed, writeFixed, type FixedScheme } from './fixed-schemes.ts';
import { checkIdentity, parseParts, type Identity } from './identity.ts';
import { done, refused, type Outcome } from './outcome.ts';
import { ALL_PLUS, readPlus, writePlus, type PlusScheme } from './plus-schemes.ts';

/** What a tag's EPC memory says, in every form that GS1 TDS 2.x has for it. */
export type Epc = {
  /** E.g. `SGTIN-96`, `SSCC+`. */
  readonly scheme: string;
  /** What kind of object bears the tag; null where the scheme has no filter. */
  readonly filter: number | null;
  /** Parts as the tag data translation tables name them; values by `(01)` and so on in '+' schemes. */
  readonly fields: Readonly<Record<string, string>>;
  /** Null for '+' schemes: they do not say how long the company prefix is. */
  readonly identity: Identity | null;
  /** Null where GS1 has no key for it (GID, USDOD, ADI). */
  readonly elements: Elements | null;
  /** Of the Digital Link, in '++' schemes. */
  readonly hostName: string | null;
  readonly tagUri: string | null;
  readonly pureUri: string | null;
  readonly elementString: string | null;
  readonly digitalLink: string | null;
};

/** A tag that was understood, or its memory as it was with the reason. Nothing is repaired or guessed. */
export type Tag =
  | { readonly ok: true; readonly epc: Epc }
  | { readonly ok: false; readonly raw: string; readonly why: string };

/** What is to be written: an identity, or elements for '+' schemes. */
export type Content = {
  readonly filter: number;
  readonly identity: Identity | null;
  readonly elements: Elements | null;
  readonly hostName: string | null;
};

type Scheme = { readonly fixed: FixedScheme } | { readonly plus: PlusScheme };

const BY_HEADER: (Scheme | undefined)[] = [];
const BY_NAME = new Map<string, Scheme>();
for (const fixed of FIXED_SCHEMES) {
  BY_HEADER[fixed.header] = { fixed };
  BY_NAME.set(fixed.name.toLowerCase(), { fixed });
}
for (const plus of ALL_PLUS) {
  BY_HEADER[plus.header] = { plus };
  BY_NAME.set(plus.name.toLowerCase(), { plus });
}

/** Every scheme that can be read and written. */
export const SCHEME_NAMES: readonly string[] = [...FIXED_SCHEMES, ...ALL_PLUS].map((s) => s.name);

/**
 * Reads EPC memory. Its length is the tag's (see `takeByPc`), not the scheme's: zeros may follow, anything else is wrong.
 * Never throws.
 */
export function decodeEpc(bytes: Uint8Array): Tag {
  const reader = new BitReader(bytes);
  if (bytes.length === 0) return raw(bytes, 'the tag is empty');
  const header = reader.read(8);
  const scheme = BY_HEADER[header];
  if (scheme === undefined)
    return raw(bytes, `${hex(bytes.subarray(0, 1))} is not the header of a GS1 scheme`);
  const epc = 'fixed' in scheme ? fixedEpc(scheme.fixed, reader) : plusEpc(scheme.plus, reader);
  const name = 'fixed' in scheme ? scheme.fixed.name : scheme.plus.name;
  if (reader.fault === null && !reader.restIsZero()) reader.fail('there are bits behind its end');
  return reader.fault === null ? { ok: true, epc } : raw(bytes, `${name}: ${reader.fault}`);
}

/**
 * Writes EPC memory in whole words of 16 bits.
 * @param scheme e.g. `SGTIN-96`; the case of letters does not matter
 */
export function encodeEpc(scheme: string, content: Content): Outcome<Uint8Array> {
  const found = BY_NAME.get(scheme.toLowerCase());
  if (found === undefined)
    return refused(`there is no scheme "${scheme}"${suggestion(scheme, SCHEME_NAMES)}`);
  const writer = new BitWriter();
  const why =
    'fixed' in found ? encodeFixed(found.fixed, content, writer) : encodePlus(found.plus, content, writer);
  return why === null ? done(writer.bytes()) : refused(why);
}

/** A tag URI, `urn:epc:tag:sgtin-96:3.…`, as scheme and content. */
export function parseTagUri(uri: string): Outcome<{ readonly scheme: string; readonly content: Content }> {
  const [, name, text = ''] = /^urn:epc:tag:([^:]*):(.*)$/.exec(uri) ?? [];
  if (name === undefined) return refused(`"${uri}" is not a tag URI (urn:epc:tag:<scheme>:…)`);
  const scheme = FIXED_SCHEMES.find((s) => s.name.toLowerCase() === name);
  if (scheme === undefined) {
    const known = FIXED_SCHEMES.map((s) => s.name.toLowerCase());
    return refused(`there is no tag URI of scheme "${name}"${suggestion(name, known)}`);
  }
  const filter = scheme.filterBits === 0 ? '' : (/^(?:0|[1-9]\d?)\./.exec(text)?.[0] ?? null);
  if (filter === null) return refused(`"${uri}" has no filter: a number and a dot before the identity`);
  const identity = parseParts(scheme.type, text.slice(filter.length));
  if (!identity.ok) return identity;
  const content = {
    filter: Number.parseInt(filter || '0', 10),
    identity: identity.value,
    elements: null,
    hostName: null,
  };
  return done({ scheme: scheme.name, content });
}

/**
 * The EPC part of tag memory as the protocol-control word in front of it tells (Gen2: five bits of words).
 * @param pc 16 bits as the reader gives them
 */
export function takeByPc(pc: number, memory: Uint8Array): Outcome<Uint8Array> {
  const length = (pc >>> 11) * 2;
  if ((pc & 0x100) !== 0)
    return refused(`PC word ${pc.toString(16).padStart(4, '0')} says that this is an ISO number, not an EPC`);
  if (memory.length < length)
    return refused(`the PC word says ${length} bytes of EPC, there are ${memory.length}`);
  return done(memory.subarray(0, length));
}

/** Bytes as people write an EPC: upper-case hexadecimal. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
}

function raw(bytes: Uint8Array, why: string): Tag {
  return { ok: false, raw: hex(bytes), why };
}

function fixedEpc(scheme: FixedScheme, reader: BitReader): Epc {
  const short =
    scheme.bits - 8 > reader.left ? `it has ${scheme.bits} bits, the tag ${reader.left + 8}` : null;
  if (short !== null) reader.fail(short);
  const { filter, identity } = readFixed(scheme, reader);
  const elements = elementsOf(identity);
  const fields: Record<string, string> = {};
  for (const [i, { name }] of (scheme.options[0] ?? []).entries()) fields[name] = identity.parts[i] ?? '';
  const parts = identity.parts.map(toUrn).join('.');
  return {
    scheme: scheme.name,
    filter,
    fields,
    identity,
    elements,
    hostName: null,
    tagUri: `urn:epc:tag:${scheme.name.toLowerCase()}:${filter === null ? '' : `${filter}.`}${parts}`,
    pureUri: `urn:epc:id:${scheme.type}:${parts}`,
    elementString: elements === null ? null : elementString(elements),
    digitalLink: elements === null ? null : digitalLink(elements),
  };
}

function plusEpc(scheme: PlusScheme, reader: BitReader): Epc {
  const { filter, elements, hostName } = readPlus(scheme, reader);
  return {
    scheme: scheme.name,
    filter,
    fields: Object.fromEntries(elements.map(([ai, value]) => [`(${ai})`, value])),
    identity: null,
    elements,
    hostName,
    tagUri: null,
    pureUri: null,
    elementString: elementString(elements),
    digitalLink: digitalLink(elements, hostName ?? undefined),
  };
}

function encodeFixed(scheme: FixedScheme, { filter, identity }: Content, writer: BitWriter): string | null {
  if (identity === null) return `${scheme.name} needs the length of the company prefix`;
  writer.write(scheme.header, 8);
  return checkIdentity(identity) ?? writeFixed(scheme, filter, identity, writer);
}

function encodePlus(
  scheme: PlusScheme,
  { filter, identity, elements, hostName }: Content,
  writer: BitWriter,
): string | null {
  const values = elements ?? (identity === null ? null : elementsOf(identity));
  if (values === null) return `${scheme.name} holds GS1 keys, not ${identity?.type ?? 'nothing'}`;
  writer.write(scheme.header, 8);
  return writePlus(scheme, { filter, elements: values, hostName }, writer);
}
