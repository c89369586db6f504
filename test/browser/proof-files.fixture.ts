import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Value } from '../../src/domain/record.ts';
import { BUNDLE_FORMAT } from '../../src/evidence/bundle-files.ts';
import { utf8 } from '../../src/evidence/encodings.ts';
import { formatPolicy } from '../../src/evidence/policy.ts';
import type { Policy } from '../../src/evidence/policy.ts';
import { bundleOf, filesOf, HOUR, present, range, withItems, zipOf } from '../evidence/bundles.ts';
import { MINUTE, ORIGIN, SmallLog, T } from '../evidence/small-log.ts';

/** What is laid before the page: real bundles of a small log, by the names of their files. */
export const PROOFS = {
  /** Four hours of two probes; in the third a door stood open and probe 1 fell silent for a while. */
  bundle: 'cold-1.bundle',
  warm: 'warm.bundle',
  summary: 'summary.bundle',
  tampered: 'tampered.bundle',
  hostile: 'hostile.bundle',
  /** A tag at a read point in the second hour. */
  tag: 'tag.bundle',
  /** Three hours of a reading a second. */
  long: 'long.bundle',
  /** The gateway's events alone, and no question. */
  events: 'events.bundle',
  policy: 'policy.json',
  /** Of the same log, asking for no witness. */
  lenient: 'lenient.json',
} as const;

const OPENED = T + 2 * HOUR + 10 * MINUTE;
const SILENT = T + 2 * HOUR + 40 * MINUTE;

function coldStore(): SmallLog {
  const log = new SmallLog([{ dev: 'modbus:7' }, { dev: 'modbus:8', place: 'cold-2', src: 1 }]);
  for (let no = 0; no < 24; no++) {
    const t0 = T + no * 10 * MINUTE;
    log.record(0, t0, 13, [9, null, null, null]);
    for (let t = t0; t < t0 + 10 * MINUTE; t += MINUTE) {
      const warm = t >= OPENED && t < OPENED + 18 * MINUTE;
      const wave = Math.round(40 * Math.sin(t / (17 * MINUTE)));
      if (t < SILENT || t >= SILENT + 9 * MINUTE) log.reading(1, t, (warm ? 905 : 430) + wave);
      if (t === SILENT + 6 * MINUTE) log.record(1, t, 1, [460, 32, t - 4 * MINUTE]);
      log.reading(2, t + 500, 330 + Math.round(wave / 2));
    }
    log.seal(t0 + 10 * MINUTE);
  }
  return log;
}

function readPoint(): SmallLog {
  const log = new SmallLog([{ kind: 2, dev: 'rfid:1' }]);
  const epc = Uint8Array.of(0xe2, 0, 0, 1);
  for (let no = 0; no < 18; no++) {
    const t0 = T + no * 10 * MINUTE;
    for (let t = t0; t < t0 + 10 * MINUTE; t += MINUTE) {
      log.record(1, t, 3, [1, 5]);
      if (t >= T + HOUR && t < T + 2 * HOUR)
        log.record(1, t + 30_000, 2, [epc, null, 1, t, t + 30_000, 9, -5500, 0]);
    }
    log.seal(t0 + 10 * MINUTE);
  }
  return log;
}

function everySecond(): SmallLog {
  const log = new SmallLog([{}]);
  for (let no = 0; no < 18; no++) {
    const t0 = T + no * 10 * MINUTE;
    for (let s = 0; s < 600; s++) log.reading(1, t0 + s * 1000, 400 + (s % 60));
    log.seal(t0 + 10 * MINUTE);
  }
  return log;
}

/** Writes them into a folder. @returns the policy that fits them */
export function writeProofs(folder: string): Policy {
  mkdirSync(folder, { recursive: true });
  const log = coldStore();
  const policy = log.policy();
  const save = (name: string, bytes: Uint8Array | string): void => writeFileSync(join(folder, name), bytes);
  const quiet = range({ slots: [1, 2], from: T + HOUR, to: T + 2 * HOUR });
  const bundle = bundleOf(log, quiet);
  save(PROOFS.bundle, bundle);
  save(PROOFS.warm, bundleOf(log, range({ from: T + HOUR, to: T + 3 * HOUR })));
  save(PROOFS.summary, bundleOf(log, quiet, { mode: 'summary' }));
  save(PROOFS.tampered, withItems(bundle, 'streams/1/full.cbor', coolerByAHundredth));
  save(
    PROOFS.hostile,
    Uint8Array.from({ length: 4096 }, (_, i) => (i * i) & 0xff),
  );
  const files = filesOf(bundleOf(log, quiet, { events: true }));
  for (const name of files.keys()) if (/^streams\/[12]\//.test(name)) files.delete(name);
  files.set('bundle.json', utf8(JSON.stringify({ format: BUNDLE_FORMAT, origin: ORIGIN, question: null })));
  save(PROOFS.events, zipOf(files));
  save(PROOFS.policy, formatPolicy(policy));
  save(PROOFS.lenient, formatPolicy(log.policy(0)));
  save(PROOFS.tag, bundleOf(readPoint(), present({ to: T + 2 * HOUR - MINUTE })));
  save(PROOFS.long, bundleOf(everySecond(), range({ from: T + 30 * MINUTE })));
  return policy;
}

/** One reading of the first block, and nothing else. */
function coolerByAHundredth(items: readonly Value[]): readonly Value[] {
  const [first = null, ...rest] = items;
  const [key = null, leaves = null] = listOf(first);
  const [leaf = null, ...others] = listOf(leaves);
  const [t = null, type = null, body = null] = listOf(leaf);
  const [v, q = null] = listOf(body);
  if (typeof v !== 'number') throw new Error('no reading in the first block');
  return [[key, [[t, type, [v - 1, q]], ...others]], ...rest];
}

function listOf(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [];
}
