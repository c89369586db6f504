import { decodeItems, encode } from '../evidence/cbor.ts';
import { decodeDescriptor, type Descriptor } from '../evidence/descriptor.ts';
import { bundleFileOf } from '../evidence/bundle-files.ts';
import type { Inflate } from '../evidence/primitives.ts';
import { indexZip, unpack } from '../evidence/zip.ts';

/**
 * What the slots of a bundle are, so that people are told names. Only after it was verified: then
 * each descriptor is one that its segments name.
 */
export function streamsIn(bundle: Uint8Array, inflate: Inflate): ReadonlyMap<number, Descriptor> {
  const zip = indexZip(bundle);
  const streams = new Map<number, Descriptor>();
  for (const [name, entry] of zip.ok ? zip.entries : []) {
    const file = bundleFileOf(name);
    if (file?.kind !== 'stream' || file.part !== 'descriptors') continue;
    // The last one is in force at the end of the window.
    for (const item of decodeItems(unpack(entry, inflate) ?? new Uint8Array()))
      streams.set(file.slot, decodeDescriptor(encode(item)));
  }
  return streams;
}
