import { openJournal } from '../src/buffer/journal.ts';
import { RecordType } from '../src/domain/record.ts';
import { BlockFlag } from '../src/evidence/block.ts';
import { rootAt } from '../src/evidence/log-tree.ts';
import type { OpenBlock } from '../src/evidence/open-block.ts';
import { formatPolicy, startingPolicy } from '../src/evidence/policy.ts';
import { noteKey } from '../src/evidence/note-key.ts';
import { openBlock } from '../src/gateway/recording/core.ts';
import { sha256 } from '../src/gateway/site/primitives.ts';
import { nodesOf } from '../src/gateway/recording/recovery.ts';
import { coreOfStreams } from './core-of-streams.ts';

const TEN_MINUTES = 600_000;
const CADENCE_MS = 10_000;

export type Week = { readonly from: number; readonly to: number; readonly policy: string };

/**
 * Writes a data directory in which so many streams are read every 10 s over so many blocks of ten
 * minutes: sealed by the gateway's own sealer, but for the commits of the open block.
 */
export function writeStreams(directory: string, streams: number, blocks: number): Week {
  using journal = openJournal(directory);
  const core = coreOfStreams(journal, streams);
  const { identity, keys } = core.settings;
  journal.putMeta('origin', identity.origin);
  const clock = { src: 2, err: 100, boot: core.boot, offset: core.clock.offset } as const;
  let open: OpenBlock = core.intake.open;
  const from = open.t0 + CADENCE_MS;
  const walk = new Walk(streams);
  for (let no = 0; no < blocks; no++) {
    const { t0 } = open;
    for (let at = CADENCE_MS; at <= TEN_MINUTES; at += CADENCE_MS) {
      const t = t0 + at - 1;
      const drafts = Array.from({ length: streams }, (_, i) => {
        const slot = i + 1;
        return { slot, seq: open.seqOf(slot), t, type: RecordType.reading, body: [walk.next(i), 0] };
      });
      open.append(drafts, t);
    }
    const t1 = t0 + TEN_MINUTES;
    const next = { t0: t1, flags: 0, clock };
    const how = {
      t1,
      flags: no === 0 ? BlockFlag.restart : 0,
      beacons: [],
      snapshot: new Uint8Array([0xf6]),
      next,
    };
    const sealed = core.sealer.seal(open, how);
    const root = rootAt(sha256, no + 1, nodesOf(journal));
    open = openBlock(identity, no + 1, root, sealed.streams, next);
  }
  const key = noteKey(sha256, identity.origin, 'ed25519', keys.tailSigner(0).publicKey);
  return { from, to: open.t0, policy: formatPolicy(startingPolicy(identity.origin, key, 0, [])) };
}

/** Temperatures that wander as those of a cold room do, the same in every run. */
class Walk {
  readonly #values: Int32Array;
  #seed = 1;

  constructor(streams: number) {
    this.#values = new Int32Array(streams).fill(400);
  }

  next(i: number): number {
    this.#seed = (Math.imul(this.#seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    const value = (this.#values[i] ?? 0) + (((this.#seed >> 16) % 5) - 2);
    this.#values[i] = value;
    return value;
  }
}
