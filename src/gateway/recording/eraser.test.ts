import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ErasureRequest } from '../../api/port.ts';
import type { LogRecord } from '../../domain/record.ts';
import { parsePolicy, type Policy } from '../../evidence/policy.ts';
import { verify } from '../../evidence/verify.ts';
import { readZip } from '../../evidence/zip.ts';
import { Place, type Life } from '../data-directory.fixture.ts';
import type { Eraser } from './eraser.ts';
import { eraserOf } from './eraser.fixture.ts';
import { openReadOnly } from '../archive/open-read-only.ts';
import { policyFileOf } from '../keys/policy.ts';
import { nodePrimitives, sha256 } from '../site/primitives.ts';

const STREAM = 'probe-1/temperature';
const SLOT = 2;

let place: Place;
let life: Life;
let eraser: Eraser | null = null;

/** Five sealed blocks of eight readings, ten seconds apart, and two readings that are not sealed. */
beforeEach(async () => {
  place = new Place();
  life = await place.boot();
  for (let no = 0; no < 5; no++) {
    life.read(STREAM, 50, 51, 52, 53, 54, 55, 56, 57);
    life.blocks.seal();
  }
  life.read(STREAM, 58, 59);
});
afterEach(() => {
  eraser?.[Symbol.dispose]();
  eraser = null;
  life[Symbol.dispose]();
  place[Symbol.dispose]();
});

/** An eraser that goes on with what an earlier one left, as the gateway makes it at its start. */
function erasing(fixed = 1000): Eraser {
  eraser?.[Symbol.dispose]();
  eraser = eraserOf(life, fixed);
  return eraser;
}

function span(first: number, last: number): { from: number; to: number } {
  return { from: life.journal.block(first)?.t0 ?? 0, to: life.journal.block(last)?.t1 ?? 0 };
}

function request(change: Partial<ErasureRequest> = {}): ErasureRequest {
  const who = { actor: 7, role: 'operator' } as const;
  return {
    ...who,
    streams: [STREAM],
    ...span(1, 2),
    reason: 'retention of 30 days',
    force: false,
    ...change,
  };
}

async function done(running: Eraser): Promise<void> {
  while (running.state().length > 0) await new Promise((wake) => setTimeout(wake, 5));
}

/** Every byte of the data directory but for its keys. */
function files(): Buffer {
  const names = readdirSync(place.data).filter((name) => name.startsWith('journal'));
  return Buffer.concat(names.map((name) => readFileSync(join(place.data, name))));
}

function times(first: number, last: number): number[] {
  const { from, to } = span(first, last);
  return life.records.filter((r) => r.slot === SLOT && r.t >= from && r.t < to).map((r) => r.t);
}

/** A time as it stands in the CBOR of a leaf. */
function encoded(t: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = 0x1b;
  bytes.writeBigUInt64BE(BigInt(t), 1);
  return Buffer.concat([bytes, Buffer.of(1, 0x82)]);
}

async function policy(): Promise<Policy> {
  const text = policyFileOf(place.data);
  const parsed = text.ok ? parsePolicy(Buffer.from(text.value), sha256) : null;
  if (parsed?.ok !== true) throw new Error('no policy');
  return Promise.resolve(parsed.policy);
}

describe('an erasure', () => {
  it('takes readings and the keys of their salts out of every file, and nothing else', async () => {
    const keys = [1, 2].map((no) => Buffer.from(life.journal.segment(no, SLOT)?.key ?? []));
    const gone = times(1, 2);
    expect(gone).toHaveLength(16);
    for (const key of keys) expect(files().includes(key)).toBe(true);
    for (const t of gone) expect(files().includes(encoded(t))).toBe(true);
    const running = erasing();
    running.order(request());
    await done(running);
    for (const key of keys) expect(files().includes(key)).toBe(false);
    for (const t of gone) expect(files().includes(encoded(t))).toBe(false);
    for (const t of [...times(0, 0), ...times(3, 4)]) expect(files().includes(encoded(t))).toBe(true);
  });

  it('is on record before anything goes: by whom, when, why and what', async () => {
    const running = erasing();
    running.order(request());
    const act = life.records.at(-1);
    const { from, to } = span(1, 2);
    const window = `${new Date(from).toISOString()}/${new Date(to).toISOString()} #1`;
    expect(act?.body).toEqual([7, 'operator', 'erase', STREAM, null, window, 'retention of 30 days', 0]);
    expect(life.journal.isErased(1, SLOT)).toBe(false);
    expect(running.state()).toEqual([
      { stream: STREAM, from, to, act: { block: 5, seq: act?.seq }, blocksLeft: 2 },
    ]);
    await done(running);
    expect(life.journal.isErased(1, SLOT)).toBe(true);
    expect(life.journal.segment(1, SLOT)?.erased).toEqual({ act: { block: 5, seq: act?.seq }, rest: null });
  });

  it('is told by history and audit with its act, whether that is sealed yet or not', async () => {
    const running = erasing();
    const [first, , , fourth] = times(1, 1);
    const [, , last] = times(2, 2);
    running.order(request({ from: fourth ?? 0, to: last ?? 0 }));
    await done(running);
    for (const sealFirst of [false, true]) {
      if (sealFirst) life.blocks.seal();
      const reader = openReadOnly(place.data);
      const all = { stream: STREAM, from: 0, to: Number.MAX_SAFE_INTEGER, seq: 0, limit: 100 };
      const page = await reader.history(all);
      expect(page?.readings).toHaveLength(5 * 8 + 2 - 7);
      expect(page?.readings.find((r) => r.t === first)).toMatchObject({ v: 50, seq: 8 });
      expect(page?.readings.find((r) => r.t === last)).toMatchObject({ v: 52, seq: 18 });
      expect(page?.erased).toMatchObject([
        { from: fourth, to: last, act: { actor: 7, role: 'operator', reason: 'retention of 30 days' } },
      ]);
      const audit = await reader.audit({ policyFile: null });
      expect(audit).toMatchObject({
        ok: true,
        value: { found: 0, erased: { segments: 2, leaves: 7, acts: [{ stream: STREAM }] } },
      });
    }
  });

  it('leaves every proof of the rest, and no bundle that says yes over what is gone', async () => {
    const running = erasing();
    const [, second] = times(1, 1);
    const [, , , fourth] = times(2, 2);
    running.order(request({ from: second ?? 0, to: fourth ?? 0 }));
    await done(running);
    life.blocks.seal();
    const ask = {
      kind: 'range',
      unit: 'Cel',
      min: null,
      max: { digits: 8, exp: 0 },
      maxGapMs: null,
    } as const;
    const wish = {
      select: { kind: 'streams', ids: [STREAM] },
      ask: { ...ask, allowOutMs: 0, allowGapMs: 0 },
      times: [],
      events: false,
      policyFile: null,
      out: join(place.root, 'out.zip'),
      firstOnly: false,
    } as const;
    const verdictOf = async (mode: 'full' | 'summary' | 'partial', from: number, to: number) => {
      const shown = mode === 'partial' ? [{ from: 0, to: Number.MAX_SAFE_INTEGER }] : [];
      const made = await openReadOnly(place.data).export({ ...wish, mode, from, to, times: shown });
      if (!made.ok) throw new Error(made.why);
      const bytes = readFileSync(made.value.bundles[0]?.file ?? '');
      const zip = readZip(bytes, nodePrimitives.inflate);
      const names = zip.ok ? [...zip.files.keys()].filter((n) => n.startsWith('streams/')) : [];
      const verdict = verify(bytes, await policy(), null, nodePrimitives);
      return { verdict, names, erased: made.value.erased };
    };
    const { from, to } = span(1, 2);
    const full = await verdictOf('full', from, to);
    expect(full.erased).toEqual([SLOT]);
    expect(full.names.some((name) => name.endsWith('full.cbor'))).toBe(false);
    expect(full.verdict).toMatchObject({ evidence: 'valid', answer: 'undecided' });
    expect(full.verdict.because).toContain('SUMMARY_ONLY');
    const partial = await verdictOf('partial', from, to);
    expect(partial.verdict).toMatchObject({ evidence: 'valid', answer: 'undecided' });
    expect(partial.verdict.because).toContain('PARTIAL_ONLY');
    // Block 0 whole, of 1 the first, of 2 the last five, and the blocks behind.
    expect(partial.verdict.streams[0]?.leaves).toBeGreaterThanOrEqual(1 + 5);
    const elsewhere = await verdictOf('full', span(4, 4).from + 70_000, span(4, 4).to);
    expect(elsewhere.erased).toEqual([]);
    expect(elsewhere.verdict).toMatchObject({ evidence: 'valid', answer: 'yes' });
  });

  it('goes on after a process that died at any step, and ends the same', async () => {
    const running = erasing();
    running.order(request({ ...span(0, 4) }));
    // Dead right after the commit of the act.
    running[Symbol.dispose]();
    expect(life.journal.isErased(0, SLOT)).toBe(false);
    life[Symbol.dispose]();
    life = await place.boot();
    const next = erasing();
    expect(next.state()).toMatchObject([{ blocksLeft: 5, act: { block: 5 } }]);
    await done(next);
    expect(Array.from({ length: 5 }, (_, no) => life.journal.isErased(no, SLOT))).toEqual(
      Array(5).fill(true),
    );
    expect(erasing().state()).toEqual([]);
    const audit = await openReadOnly(place.data).audit({ policyFile: null });
    expect(audit).toMatchObject({ ok: true, value: { found: 0, erased: { segments: 5, leaves: 40 } } });
  });

  it('of what was partly erased before erases the rest', async () => {
    const running = erasing();
    const [, second, , fourth] = times(1, 1);
    running.order(request({ from: second ?? 0, to: fourth ?? 0 }));
    running.order(request({ ...span(1, 1) }));
    await done(running);
    expect(life.journal.segment(1, SLOT)?.erased?.rest).toBeNull();
    const audit = await openReadOnly(place.data).audit({ policyFile: null });
    expect(audit).toMatchObject({ ok: true, value: { found: 0, erased: { segments: 1, leaves: 8 } } });
  });
});

describe('what may not be erased is refused, and nothing is recorded', () => {
  it.each<[string, () => Partial<ErasureRequest>, string, number?]>([
    ['the events of the gateway', () => ({ streams: ['gateway/'] }), 'never erased'],
    [
      'a stream that never was',
      () => ({ streams: ['probe-1/temprature'] }),
      'did you mean "probe-1/temperature"',
    ],
    ['what is not sealed', () => ({ to: span(4, 4).to + 1 }), 'only what is sealed'],
    ['what nobody else has fixed', () => ({}), 'no ledger or quorum', 2],
    ['anything without a reason', () => ({ reason: ' ' }), 'needs a reason'],
    ['no time at all', () => ({ to: 0 }), 'nothing is named'],
    ['a time before everything', () => ({ from: 1, to: 2 }), 'nothing is sealed in that time'],
  ])('%s', (_what, change, why, fixed = 1000) => {
    const before = life.records.length;
    const running = erasing(fixed);
    expect(() => running.order(request(change()))).toThrow(why);
    expect(life.records).toHaveLength(before);
    expect(running.state()).toEqual([]);
  });

  it('in an epoch that is over, whose journal is never written again', () => {
    eraser = eraserOf(life, 1000, 3);
    const early = request({ from: span(0, 0).from - 1 });
    expect(() => eraser?.order(early)).toThrow('this epoch of the log begins at');
  });

  it('but what nobody else has fixed goes when it is asked for with force, which stands in the act', async () => {
    const running = erasing(2);
    running.order(request({ force: true }));
    const act: LogRecord | undefined = life.records.at(-1);
    expect(act?.body[2]).toBe('erase-unanchored');
    await done(running);
    expect(life.journal.isErased(1, SLOT)).toBe(true);
  });
});
