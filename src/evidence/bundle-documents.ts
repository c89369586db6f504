import type { Value } from '../domain/record.ts';
import type { BundleSource } from './bundle-source.ts';
import type { ZipFile } from './zip-writer.ts';
import { EVENTS_SLOT, RecordType } from '../domain/record.ts';
import { soundly } from './bundle-source.ts';
import { contentFile } from './bundle-files.ts';
import { CborError, decode } from './cbor.ts';
import { toHex } from './encodings.ts';

/**
 * Files that the events of blocks [a, b) name and the source still has: the lists of rules and
 * configuration with their files and the state of event 7, documents and blobs of others.
 */
export function namedFiles(source: BundleSource, a: number, b: number): ZipFile[] {
  const files = new Map<string, ZipFile>();
  const take = (folder: 'rules' | 'files', sha256: Value | undefined): Uint8Array | null => {
    if (!(sha256 instanceof Uint8Array)) return null;
    const bytes = source.file(sha256);
    const hex = toHex(sha256);
    // One file is enough even if both a rule set and a document name it.
    if (bytes !== null && !files.has(hex)) files.set(hex, { name: contentFile(folder, hex), bytes });
    return bytes;
  };
  for (let no = a; no < b; no++)
    for (const entry of entriesOf(source, no)) {
      const [, type, body] = itemsOf(entry);
      const items = itemsOf(body);
      if (type === RecordType.ruleSet) {
        for (const list of items.slice(0, 2))
          for (const sha256 of listed(take('rules', list))) take('rules', sha256);
        take('rules', items[2]);
      } else if (type === RecordType.blob) take('files', items[0]);
      else if (type === RecordType.statement || type === RecordType.system) take('files', items[3]);
    }
  return [...files.values()];
}

function entriesOf(source: BundleSource, no: number): readonly Value[] {
  const stored = source.segment(no, EVENTS_SLOT);
  return stored === null
    ? []
    : itemsOf(soundly(`leaves of block ${no}, slot ${EVENTS_SLOT}`, () => decode(stored.leaves)));
}

/** Hashes of a list of [name, H(file)]. */
function listed(bytes: Uint8Array | null): readonly Value[] {
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
