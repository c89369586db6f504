import { hexOf } from '../../domain/hex.ts';
import { decodeEpc } from '../../domain/epc/epc.ts';
import { digitalLink } from '../../domain/epc/digital-link.ts';
import { readScan, scannedText } from '../../domain/epc/scanned.ts';
import type { Elements } from '../../domain/epc/application-identifiers.ts';
import { canonicalUri } from '../canonical-uri.ts';

/** What a sighting is of: one thing, or some of a class that has no serial. */
export type Named = { readonly uri: string; readonly isClass: boolean };

/** Serials that make one thing of a class. */
const SERIALS: ReadonlySet<string> = new Set(['21', '235']);

/**
 * The URI of what a tag or a scanned code names: the GS1 Digital Link where GS1 has a key for it, else the pure
 * identity (GID, ADI, USDoD) or the tag's memory as it is (`urn:epc:raw:`, TDS 12). Null for a scanned text that is no code of GS1.
 */
export function namedBy(bytes: Uint8Array): Named | null {
  const text = scannedText(bytes);
  if (text !== null) {
    const read = readScan(text);
    return read.kind === 'code' && read.code.elements !== null ? ofElements(read.code.elements) : null;
  }
  const tag = decodeEpc(bytes);
  if (!tag.ok) return { uri: `urn:epc:raw:${bytes.length * 8}.x${tag.raw}`, isClass: false };
  const { elements, pureUri } = tag.epc;
  const named = elements === null ? null : ofElements(elements);
  return (
    named ?? {
      uri: pureUri ?? `urn:epc:raw:${bytes.length * 8}.x${hexOf(bytes).toUpperCase()}`,
      isClass: false,
    }
  );
}

/** Of an EPC in hexadecimal digits, as documents write it; null for what is none. */
export function namedByHex(digits: string): Named | null {
  if (!/^(?:[0-9a-f]{2}){1,128}$/.test(digits)) return null;
  return namedBy(Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
}

function ofElements(elements: Elements): Named | null {
  const link = digitalLink(elements);
  const uri = link === null ? null : canonicalUri(link);
  if (uri === null) return null;
  const ais = elements.map(([ai]) => ai);
  return { uri, isClass: ais.includes('01') && !ais.some((ai) => SERIALS.has(ai)) };
}
