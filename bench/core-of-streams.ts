import { seedSigner } from '../src/anchoring/signer.ts';
import type { SqliteJournal } from '../src/buffer/journal.ts';
import type { StreamSpec } from '../src/domain/stream.ts';
import { noteKey } from '../src/evidence/note-key.ts';
import { startCore, type Core } from '../src/gateway/recording/core.ts';
import type { GoodsRoom } from '../src/gateway/site/goods-room.ts';
import { sha256 } from '../src/gateway/site/primitives.ts';

const ORIGIN = 'bench.example/gw/b0b1b2b3b4b5b6b7/0';

export function temperatureStream(i: number): StreamSpec {
  const id = `probe-${i}/temperature` as const;
  const rest = { ch: 'temperature', kind: 1, quantity: 'temperature', unit: 'Cel', exp: -2 } as const;
  const [cadenceMs, maxGapMs] = [10_000, 60_000];
  return { id, dev: `probe-${i}`, ...rest, cadenceMs, maxGapMs, place: 'cold-1', src: 1, urgent: false };
}

/** The gateway's middle on a journal, with so many streams and no rules. */
export function coreOfStreams(journal: SqliteJournal, streams: number): Core {
  return coreWith(
    journal,
    Array.from({ length: streams }, (_, i) => temperatureStream(i + 1)),
    null,
  );
}

export function coreWith(
  journal: SqliteJournal,
  streams: readonly StreamSpec[],
  goods: GoodsRoom | null,
): Core {
  const logSigner = seedSigner(new Uint8Array(32).fill(7));
  const key = noteKey(sha256, ORIGIN, 'ed25519', logSigner.publicKey);
  const zeros = new Uint8Array(32);
  return startCore(journal, {
    identity: { gw: Buffer.from('b0b1b2b3b4b5b6b7', 'hex'), origin: ORIGIN },
    streams,
    goods,
    rules: [],
    zones: new Map([['cold-1', {}]]),
    clockClaim: { src: 2, err: 100 },
    rulesHash: zeros,
    configHash: zeros,
    files: [],
    keys: {
      tailSigner: () => logSigner,
      noteSigners: () => [{ key, sign: (message) => logSigner.sign(message) }],
    },
    maySign: () => true,
    onCommit: () => undefined,
  });
}
