import type { Value } from '../domain/record.ts';
import type { BundleSource } from './bundle-source.ts';
import { EVENTS_SLOT, RecordType } from '../domain/record.ts';
import { soundly } from './bundle-source.ts';
import { contentFile } from './bundle-files.ts';
import { CborError, decode } from './cbor.ts';
import { toHex } from './encodings.ts';
import { decodeSegment } from './segment.ts';

/** A document of a bundle, by its hash in hex; its bytes are read when they are written. */
export type NamedFile = { readonly name: string; readonly sha256: Uint8Array; readonly size: number };

/**
 * Files that the events of block `no` name and the source still has: the lists of rules and
 * configuration with their files and the state of event 7, documents and blobs of others.
 *
 * @param known those of other blocks, by hex of their hash; grows by those found
 * @param only places of the events that count; null for all
 */
export function namedFiles(
  source: BundleSource,
  no: number,
  known: Map<string, NamedFile>,
  only: ReadonlySet<number> | null = null,
): void {
  const take = (folder: 'rules' | 'files', sha256: Value | undefined): boolean => {
    if (!(sha256 instanceof Uint8Array)) return false;
    const hex = toHex(sha256);
    // One file is enough even if both a rule set and a document name it.
    if (known.has(hex)) return false;
    const size = source.fileSize(sha256);
    if (size !== null) known.set(hex, { name: contentFile(folder, hex), sha256, size });
    return size !== null;
  };
  for (const [seq, entry] of entriesOf(source, no)) {
    if (only !== null && !only.has(seq)) continue;
    const [, type, body] = itemsOf(entry);
    const items = itemsOf(body);
    if (type === RecordType.ruleSet) {
      for (const list of items.slice(0, 2))
        if (take('rules', list)) for (const sha256 of listed(source, list)) take('rules', sha256);
      take('rules', items[2]);
    } else if (type === RecordType.blob) take('files', items[0]);
    else if (type === RecordType.statement || type === RecordType.system) take('files', items[3]);
  }
}

/** Events of a block by their place in slot 0. */
function entriesOf(source: BundleSource, no: number): readonly (readonly [seq: number, entry: Value])[] {
  const stored = source.segment(no, EVENTS_SLOT);
  if (stored === null) return [];
  const where = `leaves of block ${no}, slot ${EVENTS_SLOT}`;
  const { seq0 } = soundly(where, () => decodeSegment(stored.segment));
  const items = itemsOf(soundly(where, () => decode(stored.leaves)));
  return items.map((entry, i) => [seq0 + i, entry]);
}

/** Hashes of a list of [name, H(file)]. */
function listed(source: BundleSource, sha256: Value | undefined): readonly Value[] {
  const bytes = sha256 instanceof Uint8Array ? source.file(sha256) : null;
  if (bytes === null) return [];
  try {
    return itemsOf(decode(bytes)).flatMap((item) => itemsOf(item).slice(1, 2));
  } catch (error) {
    // The verifier sees its hash; what it holds is replay's to judge.
    if (error instanceof CborError) return [];
    throw error;
  }
}

function itemsOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}
