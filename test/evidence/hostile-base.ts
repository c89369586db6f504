import { toHex } from '../../src/evidence/encodings.ts';
import { nodePrimitives } from '../../src/gateway/site/primitives.ts';
import { bundleOf, filesOf, range, zipOf } from './bundles.ts';
import { MINUTE, SmallLog, T } from './small-log.ts';

const MIB = 1024 * 1024;

/** The small honest bundle that hostile ones are made from. */
export const log = new SmallLog([{}]);
for (let no = 0; no < 6; no++) {
  for (const t of [1, 20_000, 40_000]) log.reading(1, T + no * MINUTE + t, 400 + no);
  log.seal(T + (no + 1) * MINUTE, { after: 1 });
}
export const question = range({ from: T + MINUTE + 2000, to: T + 2 * MINUTE + 30_000, maxGapMs: 2 * MINUTE });
export const policy = log.policy();
export const honest: ReadonlyMap<string, Uint8Array> = filesOf(bundleOf(log, question));

/** 250 MiB in four documents of the right hash, packed 150 to 1. */
export function bomb(): Uint8Array {
  const files = new Map(honest);
  for (let n = 0; n < 4; n++) {
    const bytes = new Uint8Array(62 * MIB);
    for (let at = 0; at < bytes.length; at += 256)
      bytes[at] = (Math.imul(at + n, 2_654_435_761) >>> 24) & 0xff;
    files.set(`files/${toHex(nodePrimitives.sha256(bytes))}`, bytes);
  }
  return zipOf(files);
}
