import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePolicy } from '../../evidence/policy.ts';
import { verify } from '../../evidence/verify.ts';
import { readZip } from '../../evidence/zip.ts';
import { Place, writeStory } from '../data-directory.fixture.ts';
import type { ExportArgs } from './export.ts';
import { openReadOnly } from './open-read-only.ts';
import { policyFileOf } from '../keys/policy.ts';
import { nodePrimitives, sha256 } from '../site/primitives.ts';

let place: Place;

beforeEach(async () => {
  place = new Place();
  await writeStory(place);
});
afterEach(() => place[Symbol.dispose]());

type Wanted = Omit<ExportArgs, 'directory'>;
type Range = Extract<ExportArgs['ask'], { kind: 'range' }>;

const only = (...ids: string[]): ExportArgs['select'] => ({ kind: 'streams', ids });

const cold: Range = {
  kind: 'range',
  unit: 'Cel',
  min: { digits: 2, exp: 0 },
  max: { digits: 8, exp: 0 },
  maxGapMs: null,
  allowOutMs: 0,
  allowGapMs: 0,
};

function wanted(change: Partial<Wanted> = {}): Wanted {
  return {
    policyFile: null,
    select: only('probe-1/temperature'),
    from: 0,
    to: Number.MAX_SAFE_INTEGER,
    ask: cold,
    mode: 'full',
    times: [],
    events: false,
    out: join(place.root, 'out.zip'),
    firstOnly: false,
    ...change,
  };
}

/** From the first reading to the last sealed one. */
async function sealedWindow(): Promise<{ from: number; to: number }> {
  const args = { stream: 'probe-1/temperature', from: 0, to: Number.MAX_SAFE_INTEGER, seq: 0, limit: 14 };
  const page = await openReadOnly(place.data).history(args);
  return { from: page?.readings[0]?.t ?? 0, to: page?.readings.at(-1)?.t ?? 0 };
}

describe('a data directory that a writer has open', () => {
  it('gives a stream page by page, sealed or not', async () => {
    using life = await place.boot();
    life.read('probe-1/temperature', 44);
    const reader = openReadOnly(place.data);
    const args = { stream: 'probe-1/temperature', from: 0, to: Number.MAX_SAFE_INTEGER, limit: 15 };
    const first = await reader.history({ ...args, seq: 0 });
    expect(first).toMatchObject({ unit: 'Cel', exp: -1, next: 15 });
    expect(first?.readings.map((r) => r.v)).toEqual([
      50,
      55,
      60,
      85,
      90,
      70,
      60,
      55,
      50,
      50,
      null,
      95,
      96,
      60,
      60,
    ]);
    const second = await reader.history({ ...args, seq: 15 });
    expect(second?.readings.map((r) => [r.seq, r.v])).toEqual([
      [15, 61],
      [16, 99],
      [17, 60],
      [18, 60],
      [19, 44],
    ]);
    expect(second?.next).toBeNull();
    expect(await reader.history({ ...args, stream: 'probe-9/temperature', seq: 0 })).toBeNull();
  });

  it('is exported, and the bundle answers under the policy that the gateway gives', async () => {
    const window = await sealedWindow();
    using life = await place.boot();
    life.read('probe-1/temperature', 44);
    const policy = policyFileOf(place.data);
    const parsed = policy.ok ? parsePolicy(Buffer.from(policy.value), sha256) : null;
    if (parsed?.ok !== true) throw new Error(`no policy: ${JSON.stringify(policy)}`);
    const exported = await openReadOnly(place.data).export(wanted({ ...window, events: true }));
    if (!exported.ok) throw new Error(exported.why);
    const [made] = exported.value.bundles;
    expect(made?.file).toBe(join(place.root, 'out.zip'));
    const bundle = readFileSync(made?.file ?? '');
    const zip = readZip(bundle, nodePrimitives.inflate);
    const files = zip.ok ? [...zip.files.keys()] : [];
    expect(made?.question).toMatchObject({
      kind: 'range',
      unit: 'Cel',
      exp: -1,
      min: 20,
      max: 80,
      maxGapMs: 60_000,
    });
    expect(files).toContain('streams/0/full.cbor');
    expect(files.some((name) => name.startsWith('rules/'))).toBe(true);
    const verdict = verify(bundle, parsed.policy, null, nodePrimitives);
    expect(verdict).toMatchObject({
      evidence: 'valid',
      failure: null,
      answer: 'no',
      because: ['OUT_OF_RANGE', 'GAPS_TOO_LONG'],
    });
    expect(verdict.limits).toContain('L7');
    expect(verdict.streams).toMatchObject([{ mode: 'full', level: 'C', complete: true, nbad: 1 }]);
  });

  it('is audited whole, and a flipped bit is found with its place', async () => {
    using life = await place.boot();
    life.read('probe-1/temperature', 44);
    const seen: number[] = [];
    const reader = openReadOnly(place.data);
    const onProgress = ({ done }: { done: number }): unknown => seen.push(done);
    const whole = await reader.audit({ policyFile: null }, { onProgress });
    expect(whole).toMatchObject({ ok: true, value: { blocks: 4, found: 0, problems: [], notes: 4 } });
    expect(seen.at(-1)).toBe(4);
    const db = new DatabaseSync(join(place.data, 'journal.db'));
    db.exec(
      "UPDATE segment SET leaves = CAST(substr(leaves, 1, length(leaves) - 1) || x'01' AS BLOB) WHERE id = 1026",
    );
    db.close();
    const report = await reader.audit({ policyFile: null });
    expect(report.ok && report.value.problems[0]).toMatchObject({ block: 1, slot: 2 });
    // And nothing that it does not prove is handed out.
    const { from, to } = await sealedWindow();
    await expect(reader.export(wanted({ from, to }))).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(readdirSync(place.root).filter((name) => name.includes('out'))).toEqual([]);
  });
});

describe('what cannot be had is said', () => {
  it.each<[Partial<Wanted>, string]>([
    [
      { select: only('probe-1/temprature') },
      'no stream probe-1/temprature; did you mean "probe-1/temperature"?',
    ],
    [{ select: only('probe-1/temperature', 'probe-1/humidity') }, 'export them one by one'],
    [{ select: { kind: 'zone', zone: 'cold-2' } }, 'there is no zone cold-2; did you mean "cold-1"?'],
    [{ select: { kind: 'readPoints' } }, 'no tag reader'],
    [{ mode: 'partial', ask: { ...cold, min: null, max: null } }, 'give either'],
    [{ times: [{ from: 0, to: 1 }] }, 'a full one shows all'],
    [{ ask: { ...cold, min: { digits: 205, exp: -2 } } }, 'steps of 0.1'],
    [{ ask: { ...cold, unit: '%' } }, 'is in Cel, not in %'],
    [{ policyFile: Buffer.from('{}') }, 'the policy file'],
  ])('%j', async (change, why) => {
    const exported = await openReadOnly(place.data).export(wanted(change));
    expect(exported).toEqual({ ok: false, why: expect.stringContaining(why) });
  });

  it('a copy without the private key is read by the public one that the journal keeps', async () => {
    rmSync(join(place.data, 'log.key'));
    const reader = openReadOnly(place.data);
    expect(await reader.audit({ policyFile: null })).toMatchObject({ ok: true, value: { found: 0 } });
    const policy = policyFileOf(place.data);
    const policyFile = policy.ok ? Buffer.from(policy.value) : null;
    expect(await reader.audit({ policyFile })).toMatchObject({ ok: true, value: { found: 0 } });
  });

  it('a directory without a journal is an error of the store', async () => {
    const reader = openReadOnly(place.root);
    await expect(reader.audit({ policyFile: null })).rejects.toMatchObject({
      name: 'StorageError',
      code: 'IO',
    });
  });
});
