import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Bailee, type Ended } from './bailee.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'bailee-cli-witness-'));
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function run(...args: readonly string[]): Promise<Ended> {
  using bailee = new Bailee(args);
  return await bailee.ended;
}

const right = put('w.yaml', 'name: witness.example/1\nstate: state\nlisten: { port: 0 }\nlogs: []\n');

describe('bailee witness', () => {
  it('tells its verifier key, the same each time, and keeps it for its owner alone', async () => {
    const first = await run('witness', right, '--show-key');
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^witness\.example\/1\+[0-9a-f]{8}\+B[A-Za-z0-9+/]+=*\n$/);
    expect((await run('witness', right, '--show-key')).stdout).toBe(first.stdout);
    for (const name of readdirSync(join(folder, 'state')))
      expect(statSync(join(folder, 'state', name)).mode & 0o077, name).toBe(0);
    expect(statSync(join(folder, 'state')).mode & 0o077).toBe(0);
  });

  it('runs until it is told to stop, and lets no second one at its state', async () => {
    using witness = new Bailee(['witness', right]);
    for (let i = 0; i < 100 && !witness.stderr.includes('http://'); i++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    const second = await run('witness', right);
    expect(second).toMatchObject({ code: 74 });
    expect(second.stderr).toContain('BUSY');
    expect(await witness.stop()).toMatchObject({ code: 0 });
    expect(witness.stdout).toContain('"msg":"witness open"');
  });

  it('is not another by a change of its name', async () => {
    const renamed = put('renamed.yaml', 'name: witness.example/2\nstate: state\nlogs: []\n');
    const ended = await run('witness', renamed, '--show-key');
    expect(ended.code).toBe(78);
    expect(ended.stderr).toContain('name must be witness.example/1');
  });

  it('checks its configuration, and tells all that is wrong', async () => {
    expect(await run('witness', right, '--check')).toMatchObject({ code: 0 });
    const wrong = put('wrong.yaml', 'name: a b\nstate: state\nlogs: [{ key: nonsense }]\n');
    const ended = await run('witness', wrong, '--check');
    expect(ended.code).toBe(78);
    expect(ended.stderr).toContain('2 problems');
    expect(ended.stderr).toContain('logs[0].key is not of the form <name>+<8 hex digits>+<base64>');
    expect((await run('witness', wrong)).code).toBe(78);
  });
});

describe('bailee fraud', () => {
  it('wants the reader’s own keys, and says what is not proved', async () => {
    const file = put('f.json', '{}');
    expect((await run('fraud', file)).code).toBe(64);
    const ended = await run(
      'fraud',
      file,
      '--key',
      (await run('witness', right, '--show-key')).stdout.trim(),
    );
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stdout).toBe('Not proved: FRAUD_FORMAT, format is missing\n');
    expect((await run('fraud', join(folder, 'none.json'), '--key', 'x')).code).toBe(64);
  });
});
