import { hash } from 'node:crypto';
import { EVENTS_STREAM, descriptorOf } from '../src/domain/stream.ts';
import { encode } from '../src/evidence/cbor.ts';
import { OpenBlock, type LeafDraft, type StreamInBlock } from '../src/evidence/open-block.ts';
import { sha256, sha256Into } from '../src/gateway/site/primitives.ts';
import { temperatureStream } from './core-of-streams.ts';
import type { PartResult } from './figures.ts';
import { medianMs } from './repeated.ts';

const STREAMS = 200;
const PER_COMMIT = 200;
const GW = Buffer.from('b0b1b2b3b4b5b6b7', 'hex');
const ORIGIN = 'bench.example/gw/b0b1b2b3b4b5b6b7/0';
const T = 1_767_225_600_000;

/** Leaves into the open block: checked, encoded, salted, hashed, chained. */
export function benchLeaf(quick: boolean): PartResult {
  const commits = quick ? 50 : 250;
  const runs = quick ? 3 : 7;
  const n = commits * PER_COMMIT;
  const ms = medianMs(runs, () => append(commits));
  const bare = medianMs(runs, () => hashLeaves(n));
  return {
    part: 'leaf',
    figures: [
      {
        name: 'leaves into the open block',
        value: (n / ms) * 1000,
        unit: 'leaves/s',
        beside: { name: 'its three hashes alone', value: (n / bare) * 1000 },
        target: null,
      },
    ],
    notes: [`median of ${runs} runs of ${n} readings of ${STREAMS} streams, ${PER_COMMIT} a commit`],
  };
}

function append(commits: number): void {
  const start = {
    no: 0,
    t0: T,
    flags: 0,
    clock: { src: 2, err: 100, boot: new Uint8Array(8), offset: T },
    root: sha256(new Uint8Array(0)),
    streams: streamsInBlock(),
  } as const;
  const block = new OpenBlock(sha256, { gw: GW, origin: ORIGIN }, randomKey, start, sha256Into);
  for (let commit = 0; commit < commits; commit++) {
    const t = T + commit * 40;
    const drafts = Array.from({ length: PER_COMMIT }, (_, i): LeafDraft => {
      return { slot: 1 + (i % STREAMS), seq: commit, t, type: 1, body: [400 + (i % 97), 0, t - 5] };
    });
    block.append(drafts, t);
  }
}

function randomKey(): Uint8Array {
  return new Uint8Array(32).fill(1);
}

function streamsInBlock(): StreamInBlock[] {
  return Array.from({ length: STREAMS + 1 }, (_, slot): StreamInBlock => {
    const stream = slot === 0 ? EVENTS_STREAM : { ...temperatureStream(slot), slot };
    const { kind, maxGapMs } = stream;
    const descriptor = encode(descriptorOf(GW, stream));
    return { descriptor, kind, maxGapMs, seq0: 0, coveredUntil: null, first: true, closed: false };
  });
}

/** Salt, leaf and tree node: what the format asks of everybody, with the same library. */
export function hashLeaves(n: number): void {
  const [salt, leaf, node] = [new Uint8Array(40), new Uint8Array(52), new Uint8Array(65)];
  for (let i = 0; i < n; i++) {
    salt[39] = i;
    hash('sha256', salt, 'binary');
    leaf[51] = i;
    hash('sha256', leaf, 'binary');
    node[64] = i;
    hash('sha256', node, 'binary');
  }
}
