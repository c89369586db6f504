import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfiguration } from './load.ts';
import { checkers } from './site.fixture.ts';

const HASH = `sha256:${'a'.repeat(64)}`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bailee-users-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function load(users: string): ReturnType<typeof loadConfiguration> {
  const file = join(folder, 'gateway.yaml');
  writeFileSync(file, `gateway: { id: 'b0b1b2b3b4b5b6b7', domain: a.example }\ndata: data\nusers:\n${users}`);
  return await loadConfiguration(file, checkers, {
    shippedProfiles: folder,
    credentials: { checked: true, directory: null },
  });
}

async function problems(users: string): Promise<string[]> {
  const loaded = await load(users);
  return loaded.ok ? [] : loaded.problems.map(({ path, message }) => `${path.join('.')} ${message}`);
}

describe('users', () => {
  it('have an id, a number of their own, a role, and the hash of a token, here or in a file', async () => {
    writeFileSync(join(folder, 'li.hash'), `${HASH}\n`, { mode: 0o600 });
    const loaded = await load(`
  - { id: zhang, number: 7, name: 张伟, role: supervisor, token-hash: '${HASH}' }
  - { id: li, number: 8, role: operator, token-hash: 'file:li.hash' }
`);
    expect(loaded.ok && loaded.value.users).toEqual([
      { id: 'zhang', number: 7, name: '张伟', role: 'supervisor', tokenHash: HASH },
      { id: 'li', number: 8, name: 'li', role: 'operator', tokenHash: 'file:li.hash' },
    ]);
  });

  it('are told all that is wrong with them at once', async () => {
    expect(
      await problems(`
  - { id: zhang, number: 1, role: boss, token-hash: my-password }
  - { id: li, number: 8, role: viewer, token-hash: 'file:nowhere' }
  - { id: li, number: 8, role: viewer, token-hash: '${HASH}' }
  - { id: wu, number: 9, role: viewer, token-hash: '${HASH}', token: '${HASH}' }
`),
    ).toEqual([
      expect.stringContaining('users.0.number must be a whole number from 2'),
      expect.stringContaining('users.0.role must be viewer or operator'),
      expect.stringContaining('users.0.token-hash must be the hash of a token'),
      expect.stringMatching(/users\.1\.token-hash the secret file .*nowhere cannot be opened/),
      expect.stringContaining('users.2.id is a second user of this id'),
      expect.stringContaining('users.2.number is also that of a user above'),
      expect.stringContaining('users.3.token is not a key here'),
      expect.stringContaining('users.3.token-hash is also that of a user above'),
    ]);
  });
});
