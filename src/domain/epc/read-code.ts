import type { Elements } from './application-identifiers.ts';
import { parseDigitalLink } from './digital-link.ts';
import { GS, parseElementString } from './element-string.ts';
import { elementsOf, identityOf, typeOf } from './elements.ts';
import { decodeEpc, encodeEpc, parseTagUri, takeByPc, type Epc } from './epc.ts';
import { parsePureUri, type Identity } from './identity.ts';
import { done, refused, type Outcome } from './outcome.ts';

/** What a text was read as. */
export type Form = 'tag' | 'tag URI' | 'pure identity' | 'element string' | 'Digital Link';

/** A code in the one meaning that all its forms share. */
export type Code = {
  readonly form: Form;
  /** Null where it did not come from a tag. */
  readonly epc: Epc | null;
  /** Null where the length of the company prefix is not known, or GS1 has no EPC for it. */
  readonly identity: Identity | null;
  readonly elements: Elements | null;
};

/** A code, or memory of a tag that is kept as it is, or a text that is nothing of all this. */
export type ReadCode =
  | { readonly kind: 'code'; readonly code: Code }
  | { readonly kind: 'raw'; readonly raw: string; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string };

export type CodeHints = {
  /** Digits of the GS1 company prefix, 6 to 12; null where nobody knows. */
  readonly prefixLength: number | null;
  /** The protocol-control word that stands before the EPC, or null. */
  readonly pc: number | null;
};

const FORMS =
  'hexadecimal tag memory, a URI (urn:epc:…), an element string ((01)…(21)… or as a scanner sends it), or a GS1 Digital Link (https://…)';

/** Reads whatever a reader, a scanner or a person gives. Never throws. */
export function readCode(text: string, hints: CodeHints): ReadCode {
  if (text.startsWith('urn:epc:tag:')) return settle(readTagUri(text));
  if (text.startsWith('urn:')) return settle(fromIdentity('pure identity', parsePureUri(text)));
  // A plain QR Code or Data Matrix holds a link; its symbology identifier says nothing more.
  const link = /^(?:\][A-Za-z].)?(https?:.*)$/i.exec(text)?.[1];
  if (link !== undefined) return settle(fromElements('Digital Link', parseDigitalLink(link), hints));
  const tag = /^(?:0x)?([0-9A-Fa-f](?:[ :-]?[0-9A-Fa-f])*)$/.exec(text)?.[1]?.replace(/[ :-]/g, '');
  if (tag === undefined) {
    const begins = /^[(\]\d]/.test(text) || text.startsWith(GS);
    return begins
      ? settle(fromElements('element string', parseElementString(text), hints))
      : { kind: 'refused', why: `"${text}" is not ${FORMS}` };
  }
  const read = readTag(tag, hints);
  // Digits alone may be either: whatever is right, but never by preference.
  const scanned = /^\d+$/.test(text) ? parseElementString(text) : refused('');
  if (!scanned.ok) return read;
  if (read.kind !== 'code') return settle(fromElements('element string', scanned, hints));
  return {
    kind: 'refused',
    why: `"${text}" is right as a tag and as an element string: begin it with 0x, or with ]C1`,
  };
}

function settle(read: Outcome<Code>): ReadCode {
  return read.ok ? { kind: 'code', code: read.value } : { kind: 'refused', why: read.why };
}

function readTag(digits: string, hints: CodeHints): ReadCode {
  const padded = digits.padEnd(Math.ceil(digits.length / 2) * 2, '0');
  const memory = Uint8Array.from({ length: padded.length / 2 }, (_, i) =>
    Number.parseInt(padded.slice(i * 2, i * 2 + 2), 16),
  );
  const taken = hints.pc === null ? done(memory) : takeByPc(hints.pc, memory);
  if (!taken.ok) return { kind: 'raw', raw: digits.toUpperCase(), why: taken.why };
  const tag = decodeEpc(taken.value);
  if (!tag.ok) return { kind: 'raw', raw: tag.raw, why: tag.why };
  const { epc } = tag;
  if (epc.identity === null && epc.elements !== null) {
    const code = fromElements('tag', done(epc.elements), hints);
    return settle(code.ok ? done({ ...code.value, epc }) : code);
  }
  return { kind: 'code', code: { form: 'tag', epc, identity: epc.identity, elements: epc.elements } };
}

function readTagUri(uri: string): Outcome<Code> {
  const parsed = parseTagUri(uri);
  if (!parsed.ok) return parsed;
  const memory = encodeEpc(parsed.value.scheme, parsed.value.content);
  if (!memory.ok) return memory;
  const tag = decodeEpc(memory.value);
  if (!tag.ok) return refused(tag.why);
  return done({ form: 'tag URI', epc: tag.epc, identity: tag.epc.identity, elements: tag.epc.elements });
}

function fromIdentity(form: Form, identity: Outcome<Identity>): Outcome<Code> {
  if (!identity.ok) return identity;
  return done({ form, epc: null, identity: identity.value, elements: elementsOf(identity.value) });
}

function fromElements(form: Form, elements: Outcome<Elements>, { prefixLength }: CodeHints): Outcome<Code> {
  if (!elements.ok) return elements;
  const made =
    prefixLength === null || typeOf(elements.value) === null
      ? null
      : identityOf(elements.value, prefixLength);
  if (made?.ok === false) return made;
  return done({ form, epc: null, identity: made?.value ?? null, elements: elements.value });
}
