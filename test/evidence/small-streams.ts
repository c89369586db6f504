import type { Value } from '../../src/domain/record.ts';
import type { StreamInBlock } from '../../src/evidence/open-block.ts';
import type { Ed25519Pair } from './primitives.ts';
import { encode } from '../../src/evidence/cbor.ts';
import { ed25519FromSeed } from './primitives.ts';

const MINUTE = 60_000;
export const GW = Uint8Array.from([0xb0, 0xb1, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7]);

export function seeded(n: number): Ed25519Pair {
  return ed25519FromSeed(new Uint8Array(32).fill(n));
}

export type StreamChoice = {
  readonly kind?: 0 | 1 | 2;
  readonly dev?: string;
  readonly unit?: string;
  readonly exp?: number;
  readonly maxGapMs?: number;
  readonly place?: string;
  readonly src?: 0 | 1 | 2 | 3;
  readonly pub?: Uint8Array;
};

export function descriptor(slot: number, s: StreamChoice = {}): readonly Value[] {
  const kind = slot === 0 ? 0 : (s.kind ?? 1);
  const span = kind === 0 ? 0 : (s.maxGapMs ?? 2 * MINUTE);
  const dev = s.dev ?? (slot === 0 ? 'gateway' : `probe-${slot}`);
  const unit = s.unit ?? (kind === 1 ? 'Cel' : '');
  const src = s.src ?? (kind === 0 ? 0 : 2);
  return [
    1,
    GW,
    slot,
    kind,
    dev,
    't',
    unit,
    s.exp ?? (kind === 1 ? -2 : 0),
    span,
    span,
    s.place ?? 'cold-1',
    null,
    src,
    s.pub ?? null,
  ];
}

export function streamInBlock(d: readonly Value[]): StreamInBlock {
  return {
    descriptor: encode(d),
    kind: d[3] === 0 ? 0 : d[3] === 1 ? 1 : 2,
    maxGapMs: Number(d[9]),
    seq0: 0,
    coveredUntil: null,
    first: true,
    closed: false,
  };
}
