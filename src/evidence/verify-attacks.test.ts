import { describe, expect, it } from 'vitest';
import type { OriginPolicy } from './policy.ts';
import { HOUR, ask, bundleOf, range, use, withFile, withItems } from '../../test/evidence/bundles.ts';
import { MINUTE, ORIGIN, SmallLog, T, fourHours } from '../../test/evidence/small-log.ts';
import { descriptor, seeded } from '../../test/evidence/small-streams.ts';
import { changed, failureOf, story } from '../../test/evidence/stories.ts';
import { Quality } from '../domain/reading.ts';
import { decode, encode } from './cbor.ts';
import { checkpointText } from './checkpoint.ts';
import { decodeDescriptor } from './descriptor.ts';
import { toHex, utf8 } from './encodings.ts';
import { noteKey } from './note-key.ts';
import { cosign, signNote } from './note.ts';
import { deviceMessage } from './verify-devices.ts';
import { verify } from './verify.ts';

describe('3: sealed rows edited', () => {
  it('are not exported: block and slot are named', () => {
    const log = fourHours();
    const block = log.blocks[9];
    const stored = block?.segments[1];
    if (block === undefined || stored === undefined) throw new Error('no segment');
    const leaves = stored.leaves.slice();
    leaves[leaves.length - 1] = (leaves.at(-1) ?? 0) ^ 1;
    block.segments[1] = { ...stored, leaves };
    expect(() => bundleOf(log, range())).toThrow(/LEAF_ROOT at streams\/1\/full.cbor: block 9/);
    block.segments[1] = stored;
    block.block[block.block.length - 1] = (block.block.at(-1) ?? 0) ^ 4;
    expect(() => bundleOf(log, range())).toThrow(/CORRUPT|ROOT_MISMATCH/);
  });
});

describe('5: the clock set back and the hour told again', () => {
  const back = { 11: { stepMs: -HOUR } };

  it('without STEP, or with RESTART in its place, is no block time', () => {
    const noStep = { block: (b: { flags: number }) => ({ flags: b.flags & ~2 }) };
    expect(failureOf(story({ seal: { ...back, 12: { forge: noStep } } }))).toBe('BLOCK_TIME');
    const restart = { block: () => ({ flags: 1 }) };
    expect(failureOf(story({ seal: { ...back, 12: { forge: restart } } }))).toBe('BLOCK_TIME');
  });

  it('both tellings together are uncertain; the second alone is not complete', () => {
    const log = story({ seal: back });
    expect(ask(log, range())).toMatchObject({
      answer: 'undecided',
      because: ['GAPS_TOO_LONG', 'CLOCK_UNSURE'],
      streams: [{ uncertainMs: HOUR }],
    });
    const second = new SmallLog();
    Object.assign(second, { blocks: log.blocks, nodes: log.nodes, notes: log.notes });
    second.blocksBetween = () => ({ a: 12, b: 20 });
    const verdict = ask(second, range({ from: T + HOUR + 2 * MINUTE }));
    expect(verdict.answer).toBe('undecided');
  });

  it('no choice of blocks gives yes', () => {
    const log = story({ seal: back });
    for (let a = 0; a < 20; a += 3)
      for (let b = a + 1; b <= 24; b += 4) {
        const view = new SmallLog();
        Object.assign(view, {
          blocks: log.blocks,
          nodes: log.nodes,
          notes: log.notes,
          blocksBetween: () => ({ a, b }),
        });
        expect([a, b, ask(view, range(), { k: 2 }).answer]).not.toEqual([a, b, 'yes']);
      }
  });
});

describe('6, 31: keys and epochs', () => {
  const log = fourHours();
  const bundle = bundleOf(log, range());

  it('a head above revokedFrom is void, at or below it is accepted', () => {
    expect(verify(bundle, changed(log, { revokedFrom: 23 }), null, use).failure?.code).toBe('KEY_NOT_VALID');
    expect(verify(bundle, changed(log, { revokedFrom: 24 }), null, use).answer).toBe('yes');
    expect(
      verify(bundle, changed(log, { keys: [{ key: log.logNoteKey, from: 0, to: 23 }] }), null, use).failure
        ?.code,
    ).toBe('KEY_NOT_VALID');
    expect(
      verify(bundle, changed(log, { keys: [{ key: log.logNoteKey, from: 24, to: null }] }), null, use).failure
        ?.code,
    ).toBe('KEY_NOT_VALID');
  });

  it('after a rotation each key counts for its sizes, and of two lines one that counts is enough', () => {
    const rotated = fourHours();
    const next = seeded(9);
    const nextKey = noteKey(use.sha256, ORIGIN, 'ed25519', next.publicKey);
    const keys = (to: number) => [
      { key: rotated.logNoteKey, from: 0, to },
      { key: nextKey, from: to, to: null },
    ];
    const codeOf = (to: number) =>
      verify(bundleOf(rotated, range()), changed(rotated, { keys: keys(to) }), null, use).failure?.code ??
      'valid';
    expect([codeOf(23), codeOf(24)]).toEqual(['KEY_NOT_VALID', 'valid']);
    // Signed by both between announcement and switch: whichever side of the switch the head is on.
    const [text = ''] = rotated.notes.get(24)?.split('\n\n') ?? [];
    const line = signNote(`${text}\n`, [{ key: nextKey, sign: next.sign }], use.sha256).split('\n\n')[1];
    rotated.notes.set(24, `${rotated.notes.get(24) ?? ''}${line ?? ''}`);
    expect([codeOf(23), codeOf(24)]).toEqual(['valid', 'valid']);
  });

  it('an epoch that another follows must have an end; before `since` is a gap', () => {
    const [[, own] = []] = log.policy();
    if (own === undefined) throw new Error('no policy');
    const next = `${ORIGIN.slice(0, -1)}1`;
    const nextKey = noteKey(use.sha256, next, 'ed25519', seeded(9).publicKey);
    const nextPolicy = { ...own, keys: [{ key: nextKey, from: 0, to: null }] };
    const both = new Map([
      [ORIGIN, own],
      [next, nextPolicy],
    ]);
    expect(verify(bundle, both, null, use).failure?.code).toBe('KEY_NOT_VALID');
    const ended = new Map<string, OriginPolicy>([
      [ORIGIN, { ...own, keys: [{ key: log.logNoteKey, from: 0, to: 24 }] }],
      [next, nextPolicy],
    ]);
    expect(verify(bundle, ended, null, use).answer).toBe('yes');
    const since = verify(bundle, changed(log, { since: T + 70 * MINUTE }), null, use);
    expect(since).toMatchObject({ because: ['GAPS_TOO_LONG'], streams: [{ gapMs: 10 * MINUTE }] });
  });

  it('another origin is unknown, another key is no log key', () => {
    expect(verify(bundle, new Map(), null, use).failure?.code).toBe('ORIGIN_UNKNOWN');
    const other = noteKey(use.sha256, ORIGIN, 'ed25519', seeded(9).publicKey);
    expect(
      verify(bundle, changed(log, { keys: [{ key: other, from: 0, to: null }] }), null, use).failure?.code,
    ).toBe('LOG_SIGNATURE');
  });
});

describe('7: a sensor swapped silently', () => {
  it('is not enrolled', () => {
    const log = fourHours();
    const desc = toHex(use.sha256(encode(descriptor(1))));
    const bundle = bundleOf(log, range());
    expect(verify(bundle, changed(log, { descriptors: new Set([desc]) }), null, use).answer).toBe('yes');
    const verdict = verify(bundle, changed(log, { descriptors: new Set(['00'.repeat(32)]) }), null, use);
    expect(verdict).toMatchObject({
      answer: 'undecided',
      because: ['NOT_ENROLLED'],
      streams: [{ level: 'C' }],
    });
  });
});

describe('9: frames of a signing device', () => {
  const device = seeded(50);
  const streams = [
    { src: 3, pub: device.publicKey },
    { src: 3, pub: device.publicKey, dev: 'probe-other' },
  ] as const;
  const d = decodeDescriptor(encode(descriptor(1, streams[0])));
  const signed = (ctr: number, sourceAt: number, v: number, q = 0) => [
    v,
    q,
    sourceAt,
    ctr,
    device.sign(deviceMessage(d, { ctr, sourceAt, v })),
  ];
  const told = (frame: (n: number, t: number) => readonly (number | Uint8Array)[] | null, slot = 1) =>
    ask(
      story({
        streams,
        minute: (log, t) => {
          const body = frame((t - T) / MINUTE, t);
          if (body !== null) log.record(slot, t, 1, body);
        },
      }),
      range({ slots: [slot] }),
    );

  it('prove level A, without L3', () => {
    const verdict = told((n, t) => signed(n, t, 400));
    expect(verdict).toMatchObject({ answer: 'yes', streams: [{ level: 'A', lost: 0 }] });
    expect(verdict.limits).toEqual(['L1', 'L2', 'L5']);
  });

  it('repeated → DEVICE_COUNTER; left out → READINGS_LOST; of another channel or unsigned → DEVICE_SIGNATURE', () => {
    expect(told((n, t) => signed(n === 75 ? 74 : n, t, 400)).failure?.code).toBe('DEVICE_COUNTER');
    expect(told((n, t) => signed(n === 70 ? 69 : n, t, 400)).failure?.code).toBe('DEVICE_COUNTER');
    expect(told((n, t) => (n === 75 ? null : signed(n, t, 400)))).toMatchObject({
      because: ['READINGS_LOST'],
      streams: [{ lost: 1 }],
    });
    expect(told((n, t) => signed(n, t, 400), 2).failure?.code).toBe('DEVICE_SIGNATURE');
    expect(told((n, t) => (n === 75 ? [400, 0] : signed(n, t, 400))).failure?.code).toBe('DEVICE_SIGNATURE');
  });

  it('flagged as doubtful are judged all the same → OUT_OF_RANGE', () => {
    const verdict = told((n, t) => (n === 75 ? signed(n, t, 900, Quality.stale) : signed(n, t, 400)));
    expect(verdict).toMatchObject({
      answer: 'no',
      because: ['OUT_OF_RANGE'],
      streams: [{ outMs: MINUTE, nbad: 1 }],
    });
  });
});

describe('12, 11: another history', () => {
  it('a swapped block does not reach the root; a head of another history is a conflict', () => {
    const log = fourHours();
    const other = fourHours((l, t) => t === T + 80 * MINUTE && l.reading(1, t + 1, 401));
    const bundle = bundleOf(log, range());
    const foreign = decode(other.blocks[8]?.block ?? new Uint8Array());
    const swapped = withItems(bundle, 'log.cbor', (items) => items.toSpliced(4, 1, foreign));
    expect(verify(swapped, log.policy(), null, use).failure?.code).toBe('ROOT_MISMATCH');
    expect(
      verify(
        withFile(bundle, 'heads/9', () => utf8(other.note(9) ?? '')),
        log.policy(),
        null,
        use,
      ).failure?.code,
    ).toBe('HEAD_CONFLICT');
    const theirs = bundleOf(other, range());
    expect(
      verify(
        withFile(theirs, 'checkpoint', () => utf8(log.note(24) ?? '')),
        log.policy(),
        null,
        use,
      ).failure?.code,
    ).toBe('ROOT_MISMATCH');
  });
});

describe('13, 29: time', () => {
  it('a head cosigned six hours late delays too long', () => {
    const late = { after: 6 * HOUR };
    const log = story({ seal: Object.fromEntries(Array.from({ length: 24 }, (_, n) => [n, late])) });
    const verdict = ask(log, range());
    expect(verdict.because).toContain('DELAY_TOO_LONG');
    expect(verdict.answer).toBe('undecided');
  });

  it('lines of one owner count once; fewer than k liars move no bound', () => {
    const one = fourHours();
    const twice = story({ owners: ['bank-a', 'bank-a'] });
    expect(ask(one, range()).answer).toBe('yes');
    expect(ask(twice, range(), { k: 2 }).failure?.code).toBe('NOT_ANCHORED');
    const log = story({ owners: ['bank-a', 'bank-b', 'bank-c'] });
    const honest = ask(log, range(), { k: 2 }).time;
    for (let size = 1; size <= 24; size++) {
      const text = checkpointText(ORIGIN, size, log.rootAt(size));
      const at = Math.floor(((log.blocks[size - 1]?.t1 ?? 0) + 5000) / 1000);
      const lines = log.witnesses.map((w, n) => cosign(text, n === 2 ? at + 3600 : at, w));
      log.notes.set(
        size,
        signNote(text, [{ key: log.logNoteKey, sign: log.logKey.sign }], use.sha256) + lines.join(''),
      );
    }
    expect(ask(log, range(), { k: 2 }).time.worstDelayMs).toBe(honest.worstDelayMs);
  });
});
