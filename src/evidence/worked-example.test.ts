import { describe, expect, it } from 'vitest';
import { ed25519FromSeed, nodePrimitives } from '../../test/evidence/primitives.ts';
import {
  COMMITS,
  ORIGIN,
  T,
  openBlock0,
  startOfBlock0,
  workedExample,
} from '../../test/evidence/worked-example.ts';
import { decodeBlock } from './block.ts';
import { decode, encode } from './cbor.ts';
import { toHex } from './encodings.ts';
import { encodeLeaf, saltOf } from './leaf.ts';
import { leafHash, mth } from './merkle.ts';
import { OpenBlock } from './open-block.ts';
import { decodeSegment } from './segment.ts';
import { decodeTailHead, tailMessage } from './tail.ts';
import { unpackLeaves } from '../domain/packed-leaves.ts';

const { sha256 } = nodePrimitives;
const { commits, block0, block1 } = workedExample();
const gapsOf = (block: typeof block0) =>
  block.segments.map((s) => decodeSegment(s.segment).gaps.map((g) => [g.from - T, g.to - T, g.reason]));

describe('the worked example of evidence section 4.7, byte for byte', () => {
  it('has this leaf', () => {
    const leaf = encodeLeaf({
      salt: saltOf(sha256, new Uint8Array(32).fill(0xa1), 0),
      seq: 0,
      t: T + 1000,
      type: 1,
      body: encode([412, 0]),
    });
    expect(toHex(leaf)).toBe('8550b5034116a461ae347ac88384b365683e001b0000019b76daabe8018219019c00');
    expect(toHex(leafHash(sha256, leaf))).toBe(
      '69278e2f892d2a7ba5fef9c992c229634ddf9f78fe66689e30977a82fbee1355',
    );
  });

  it('has this segment', () => {
    expect(toHex(block0.segments[1]?.segment ?? new Uint8Array(0))).toBe(
      '89015820ec0f02eff9a5dd199d3ea77e92b05113c32587f9895d5c224a41f962766c680000025820f593d0ba0594a1f5bbc093' +
        'e59b1e7b582d5acbf17ff74dc050f4500951c62f58382219019c0081831b0000019b76daa8001b0000019b76daabe804',
    );
  });

  it('declares these gaps', () => {
    expect(gapsOf(block0)).toEqual([
      [],
      [[0, 1000, 4]],
      [
        [0, 2000, 4],
        [332_000, 600_000, 1],
      ],
    ]);
    expect(gapsOf(block1)).toEqual([[], [[631_000, 1_200_000, 1]], [[600_000, 1_200_000, 1]]]);
  });

  it('has these blocks and this log', () => {
    expect(toHex(block0.block)).toBe(
      '8b0148b0b1b2b3b4b5b6b7001b0000019b76daa8001b0000019b76e3cfc0035820337a1591f525f6943e7e6b7a6e3b3c2c7f8a' +
        '8cac89ce72e60f6131df34286ba68084020f48c0c1c2c3c4c5c6c71b0000019b76da9478f601',
    );
    expect(toHex(block0.leafHash)).toBe('b041d9f5d3bde9ab19014f4497b021260f2c4ed86031bb355a5f413965c817e8');
    expect(toHex(block1.leafHash)).toBe('a96ceddaae1226db654f4c74bdf4dabbe1e224029fa3617ef05a5e9d5aa505d1');
    expect(toHex(mth(sha256, [block0.leafHash, block1.leafHash]))).toBe(
      'adcef253c8f322cd8f7641b8ce74c12b63f88b38056c88f6d7c51fe0cafbb725',
    );
    expect(decodeBlock(block1.block)).toMatchObject({
      no: 1,
      slots: 3,
      flags: 0,
      beacons: [{ kind: 2, number: 1 }],
    });
  });

  it('has this signed tail after commit 1', () => {
    const [first] = commits;
    if (first === undefined) throw new Error('no commit');
    const key = ed25519FromSeed(Uint8Array.from({ length: 32 }, (_, i) => i));
    expect(first.k).toBe(1);
    expect(toHex(first.chain)).toBe('94dfc567b0b2a81412e3b105c56144165715dbac55bb290554f21fcf77a33efe');
    expect(toHex(key.sign(tailMessage(sha256, first.chain, first.head)))).toBe(
      '30ff23ee89a6c6e6b2bfcd1e388fee071a605693922e0597cd82ceea13ec5e014100f8bb03b382a9a402c1a1d6362f20ea3fcf' +
        'a11d3eb633edae6ae7ec0a1f06',
    );
    expect(decodeTailHead(first.head)).toMatchObject({ t0: T, flags: 1, t: T });
  });

  it('stores leaves as a bundle shows them', () => {
    expect(decode(block0.segments[1]?.leaves ?? new Uint8Array(0))).toEqual([
      [T + 1000, 1, [412, 0]],
      [T + 301_000, 1, [-35, 0]],
    ]);
    expect(block1.segments[2]).toMatchObject({ n: 0, key: null, seq0: 1, leaves: Uint8Array.of(0x80) });
  });

  it('comes back from the journal with the same chain and the same block', () => {
    const whole = openBlock0();
    const rows = COMMITS.map((c) => whole.append(c.drafts, c.t));
    const again = new OpenBlock(
      sha256,
      { gw: decodeBlock(block0.block).gw, origin: ORIGIN },
      () => {
        throw new Error('a restored block needs no new key');
      },
      startOfBlock0(),
    );
    const leaves = rows.flatMap((r) => [...unpackLeaves(r.leaves)].map((leaf) => ({ ...leaf, k: r.k })));
    expect(
      again.restore(
        leaves,
        rows.flatMap((r) => r.keys),
      ),
    ).toEqual([]);
    expect([again.k, toHex(again.chain), again.leafCount]).toEqual([5, toHex(whole.chain), 7]);
    expect(again.close({ t1: T + 600_000, flags: 0, beacons: [] })).toEqual(block0);
  });
});
