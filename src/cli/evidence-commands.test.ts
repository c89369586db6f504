import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openArchive } from '../buffer/archive.ts';
import { Place, RULES, writeStory, type Life } from '../gateway/data-directory.fixture.ts';
import { bailee } from './bailee.fixture.ts';

let place: Place;
/** A writer that has the directory open all the time. */
let writer: Life;
let policy: string;
let bundle: string;
let from: string;
let to: string;

beforeAll(async () => {
  place = new Place();
  await writeStory(place);
  writer = await place.boot();
  writer.read('probe-1/temperature', 44);
  policy = join(place.root, 'policy.json');
  bundle = join(place.root, 'cold.zip');
  using archive = openArchive(place.data);
  from = new Date((archive.block(0)?.t0 ?? 0) + 11_000).toISOString();
  to = new Date((archive.block(0)?.t1 ?? 0) - 2).toISOString();
});
afterAll(() => {
  writer[Symbol.dispose]();
  place[Symbol.dispose]();
});

function exported(...more: string[]): Promise<Awaited<ReturnType<typeof bailee>>> {
  const data = ['--data', place.data, '--stream', 'probe-1/temperature'];
  return bailee('export', ...data, '--from', from, '--to', to, '--out', bundle, ...more);
}

describe('policy, export and verify, on a directory that a gateway writes to', () => {
  it('policy prints the file that verify reads, and says that no time is proven', async () => {
    const { code, stdout, stderr } = await bailee('policy', '--config', place.file);
    expect(code).toBe(0);
    expect(stderr).toContain('L7');
    writeFileSync(policy, stdout);
    expect(JSON.parse(stdout)).toMatchObject({ format: 'bailee/policy/v1' });
  });

  it('a window that was warm answers no, and exits 1', async () => {
    const made = await exported('--min', '2', '--max', '8', '--unit', '°C', '--events', '--json');
    expect(made).toMatchObject({ code: 0, stderr: 'Collecting and checking …\n' });
    expect(JSON.parse(made.stdout)).toMatchObject({
      bundles: [{ file: bundle, question: { kind: 'range', min: 20, max: 80, unit: 'Cel', exp: -1 } }],
      size: 4,
    });
    const { code, stdout } = await bailee('verify', bundle, '--policy', policy);
    expect(code).toBe(1);
    expect(stdout).toContain('VALID');
    expect(stdout).toContain('probe-1/temperature [°C], cold-1');
    expect(stdout).toContain(
      'Answer: NO\n  OUT_OF_RANGE: values were out of range for longer than allowed\n',
    );
    expect(stdout).toContain('L7 any independent time');
    const chinese = await bailee('verify', bundle, '--policy', policy, '--lang', 'zh');
    expect(chinese.stdout).toContain('结论： 否\n  OUT_OF_RANGE: 超限时长超过允许值\n');
  });

  it('what the asker bears with answers yes, and exits 0; the verifier’s own question wins', async () => {
    await exported('--min', '2', '--max', '8', '--allow-out', '1m');
    const yes = await bailee('verify', bundle, '--policy', policy, '--json');
    expect(yes.code).toBe(0);
    const verdict: unknown = JSON.parse(yes.stdout);
    expect(verdict).toMatchObject({
      evidence: 'valid',
      answer: 'yes',
      because: [],
      streams: [{ outMs: 20_002 }],
    });
    const question = join(place.root, 'question.json');
    const asked: unknown = { ...Object(verdict).question, allowOutMs: 0 };
    writeFileSync(question, JSON.stringify(asked));
    const no = await bailee('verify', bundle, '--policy', policy, '--question', question);
    expect(no).toMatchObject({ code: 1, stdout: expect.stringContaining('Your question:') });
  });

  it('a changed bundle is invalid and exits 2; a wrong policy 78, a missing file 74', async () => {
    const bytes = readFileSync(bundle);
    const broken = join(place.root, 'broken.zip');
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(broken, bytes);
    const invalid = await bailee('verify', broken, '--policy', policy);
    expect(invalid.code).toBe(2);
    expect(invalid.stdout).toMatch(/^INVALID: this is no evidence\.\n  [A-Z_]+: /);
    const wrong = await bailee('verify', bundle, '--policy', bundle);
    expect(wrong).toMatchObject({ code: 78, stdout: '', stderr: expect.stringContaining('cold.zip') });
    const missing = await bailee('verify', join(place.root, 'none.zip'), '--policy', policy);
    expect(missing).toMatchObject({
      code: 74,
      stderr: expect.stringContaining('none.zip cannot be read: ENOENT'),
    });
  });

  it('export says what it cannot do: 64 for what makes no sense, 1 for what is not there', async () => {
    expect(await exported('--min', 'cold')).toMatchObject({
      code: 64,
      stderr: 'bailee: "cold" is no decimal number\n',
    });
    const args = ['--data', place.data, '--stream', 'probe-1/temprature', '--out', bundle];
    const unknown = await bailee('export', ...args, '--from', from, '--to', to);
    expect(unknown).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('did you mean "probe-1/temperature"?'),
    });
    const backwards = await bailee('export', ...args, '--from', to, '--to', from);
    expect(backwards).toMatchObject({ code: 64, stderr: expect.stringContaining('is not before') });
    const neither = await bailee('audit');
    expect(neither).toMatchObject({ code: 64, stderr: 'bailee: give either --data DIR or --config FILE\n' });
    const nowhere = await bailee('audit', '--data', place.root);
    expect(nowhere).toMatchObject({ code: 74, stderr: expect.stringContaining('journal.db does not exist') });
  });
});

describe('audit and replay, on a directory that a gateway writes to', () => {
  it('find nothing where nothing was changed', async () => {
    const audit = await bailee('audit', '--data', place.data);
    expect(audit).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('All of it holds.') });
    const replay = await bailee('replay', '--data', place.data, '--json');
    expect(replay.code).toBe(0);
    expect(JSON.parse(replay.stdout)).toMatchObject({ first: 0, blocks: 5, starts: 3, difference: null });
  });

  it('name the place and the difference of a copy that was changed, and exit 1', async () => {
    const copy = join(place.root, 'copy');
    cpSync(place.data, copy, { recursive: true });
    const db = new DatabaseSync(join(copy, 'journal.db'));
    // Its first reading of block 1, in CBOR [t, 1, [50, 0]], becomes 8.2 °C.
    const leaves = db.prepare('SELECT leaves FROM segment WHERE id = 1026').get()?.['leaves'];
    if (!(leaves instanceof Uint8Array)) throw new Error('no leaves');
    const at = Buffer.from(leaves).indexOf(Buffer.from('0182183200', 'hex'));
    expect(at).toBeGreaterThan(0);
    leaves[at + 3] = 82;
    db.prepare('UPDATE segment SET leaves = ? WHERE id = 1026').run(leaves);
    db.close();
    const audit = await bailee('audit', '--data', copy);
    expect(audit.code).toBe(1);
    expect(audit.stdout).toContain('block 1, slot 2: LEAF_ROOT');
    const replay = await bailee('replay', '--data', copy);
    expect(replay.code).toBe(1);
    expect(replay.stdout).toMatch(
      /First difference: block 1.*\n  journal: .*\n  replay : .* finding \["cold-room-warm"/,
    );
  });

  it('replay with other rules counts the alarms they would have raised', async () => {
    const rules = join(place.root, 'other.yaml');
    writeFileSync(rules, RULES.replace('above: 8 °C', 'above: 9.2 °C'));
    const { code, stdout } = await bailee('replay', '--data', place.data, '--rules', rules);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ 3 +2  probe-1\/temperature\/cold-room-warm$/m);
  });
});
