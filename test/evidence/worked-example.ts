import type { Value } from '../../src/domain/record.ts';
import { BlockFlag } from '../../src/evidence/block.ts';
import { encode } from '../../src/evidence/cbor.ts';
import { mth } from '../../src/evidence/merkle.ts';
import { OpenBlock } from '../../src/evidence/open-block.ts';
import type { LeafDraft, OpenBlockStart, StreamInBlock } from '../../src/evidence/open-block.ts';
import { nodePrimitives } from './primitives.ts';
import { fromBase64 } from '../../src/evidence/encodings.ts';

/** The worked example of the evidence page (section 4.7): two blocks of three streams. */

const { sha256 } = nodePrimitives;

/** The example's T: 2026-01-01 00:00:00 UTC. */
export const T = 1_767_225_600_000;
export const GW = fromHexText('b0b1b2b3b4b5b6b7');
export const ORIGIN = 'consortium.example/gw/b0b1b2b3b4b5b6b7/0';
const CLOCK = { src: 2, err: 15, boot: fromHexText('c0c1c2c3c4c5c6c7'), offset: T - 5000 } as const;
/** The witness line of the first checkpoint: key id, time and signature, 76 bytes. */
const COSIGNATURE =
  'bfLbeAAAAABpVbtdTVCN9aL8hw4PgsZJ9ft4LFDGsBQGGcBPCgFxUCn0k+oYv7SoQr1ibJqCdEF6QkJYZo6n3cBNxb0z5JoHcmXEAQ==';

export const DESCRIPTORS: readonly (readonly Value[])[] = [
  [1, GW, 0, 0, 'gateway', '', '', 0, 0, 0, '', null, 0, null],
  [1, GW, 1, 1, 'modbus:7', 't', 'Cel', -2, 300_000, 330_000, 'cold-1', null, 2, null],
  [1, GW, 2, 1, 'gpio:3', 'door', '1', 0, 300_000, 330_000, 'cold-1', null, 1, null],
];

/** The commits of block 0 with the clock time of each; the first is the one that J_1 is given for. */
export const COMMITS: readonly { readonly t: number; readonly drafts: readonly LeafDraft[] }[] = [
  {
    t: T,
    drafts: [
      { slot: 0, seq: 0, t: T, type: 13, body: [1, null, null, null] },
      { slot: 0, seq: 1, t: T, type: 12, body: [1, DESCRIPTORS[1] ?? null] },
      { slot: 0, seq: 2, t: T, type: 12, body: [2, DESCRIPTORS[2] ?? null] },
    ],
  },
  {
    t: T + 500,
    drafts: [{ slot: 0, seq: 3, t: T + 500, type: 7, body: [fill(0xee), fill(0xcc), fill(0xdd)] }],
  },
  { t: T + 1000, drafts: [{ slot: 1, seq: 0, t: T + 1000, type: 1, body: [412, 0] }] },
  { t: T + 2000, drafts: [{ slot: 2, seq: 0, t: T + 2000, type: 1, body: [0, 0] }] },
  { t: T + 301_000, drafts: [{ slot: 1, seq: 1, t: T + 301_000, type: 1, body: [-35, 0] }] },
];

/** Salt keys in the order in which the slots get their first leaf: here 0, 1, 2. */
function keysFrom(first: number): () => Uint8Array {
  let next = first;
  return () => fill(next++);
}

/** The streams as block 0 begins. */
export function newStreams(): StreamInBlock[] {
  return DESCRIPTORS.map((descriptor, slot) => ({
    descriptor: encode(descriptor),
    kind: slot === 0 ? 0 : 1,
    maxGapMs: slot === 0 ? 0 : 330_000,
    seq0: 0,
    coveredUntil: null,
    first: true,
    closed: false,
  }));
}

export function startOfBlock0(): OpenBlockStart {
  return {
    no: 0,
    t0: T,
    flags: BlockFlag.restart,
    clock: CLOCK,
    root: sha256(new Uint8Array(0)),
    streams: newStreams(),
  };
}

export function openBlock0(): OpenBlock {
  return new OpenBlock(sha256, { gw: GW, origin: ORIGIN }, keysFrom(0xa0), startOfBlock0());
}

/** Both blocks, filled and closed. */
export function workedExample() {
  const open0 = openBlock0();
  const commits = COMMITS.map((c) => open0.append(c.drafts, c.t));
  const block0 = open0.close({ t1: T + 600_000, flags: 0, beacons: [] });
  const open1 = new OpenBlock(sha256, { gw: GW, origin: ORIGIN }, keysFrom(0xb0), {
    no: 1,
    t0: T + 600_000,
    flags: 0,
    clock: CLOCK,
    root: mth(sha256, [block0.leafHash]),
    streams: block0.next,
  });
  const alarm: LeafDraft = {
    slot: 0,
    seq: 4,
    t: T + 631_000,
    type: 5,
    body: ['cold-1/silent', 0, 1, 2, 1, 1],
  };
  open1.append([alarm], T + 631_000);
  const cosignature = fromBase64(COSIGNATURE) ?? new Uint8Array(0);
  const block1 = open1.close({
    t1: T + 1_200_000,
    flags: 0,
    beacons: [{ kind: 2, number: 1, hash: sha256(cosignature) }],
  });
  return { commits, block0, block1 };
}

function fill(byte: number): Uint8Array {
  return new Uint8Array(32).fill(byte);
}

function fromHexText(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
