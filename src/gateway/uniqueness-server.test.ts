import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageError } from '../domain/errors.ts';
import { keyedHash, UnreachableIndex, uniquenessClient } from './lending/uniqueness-client.ts';
import { openUniquenessServer, type UniquenessServer } from './uniqueness-server.ts';

const SIGNAL = new AbortController().signal;
const KEY = 'the key of the consortium';
const [ONE, TWO] = [keyedHash(KEY, 'e2000001'), keyedHash(KEY, 'e2000002')];

let state: string;
let server: UniquenessServer;
const open = () =>
  openUniquenessServer({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    state,
    members: ['site-a', 'site-b'].map((name) => ({
      name,
      sha256: createHash('sha256').update(`${name}-token`).digest(),
    })),
    onFatal: (error) => {
      throw error;
    },
  });
const ask = (name: string) => uniquenessClient(server.url, { reveal: () => `${name}-token` });

beforeEach(async () => {
  state = mkdtempSync(join(tmpdir(), 'bailee-index-'));
  server = await open();
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(state, { recursive: true });
});

describe('the index across sites', () => {
  it('tells each member what another told, too, and forgets what is told no more', async () => {
    expect(await ask('site-a')([ONE, TWO], SIGNAL)).toEqual([]);
    expect(await ask('site-b')([TWO], SIGNAL)).toEqual([{ hash: TWO, by: 'site-a' }]);
    expect(await ask('site-a')([ONE, TWO], SIGNAL)).toEqual([{ hash: TWO, by: 'site-b' }]);
    expect(await ask('site-b')([], SIGNAL)).toEqual([]);
    expect(await ask('site-a')([TWO], SIGNAL)).toEqual([]);
  });

  it('remembers over a restart', async () => {
    await ask('site-a')([ONE], SIGNAL);
    await server[Symbol.asyncDispose]();
    server = await open();
    expect(await ask('site-b')([ONE], SIGNAL)).toEqual([{ hash: ONE, by: 'site-a' }]);
  });

  it('does not begin on what it never wrote', async () => {
    writeFileSync(join(state, 'site-a.json'), '{"hashes":["E2000001"]}');
    await expect(open()).rejects.toThrow(StorageError);
  });

  it('takes nothing from strangers, and no tags in clear', async () => {
    await expect(ask('site-c')([ONE], SIGNAL)).rejects.toThrow('answered 401');
    await expect(ask('site-a')(['e2000001'], SIGNAL)).rejects.toThrow('answered 400');
    await expect(ask('site-a')(Array<string>(50_001).fill(ONE), SIGNAL)).rejects.toThrow('answered 400');
    expect((await fetch(server.url)).status).toBe(404);
  });

  it('is not reached when it is gone', async () => {
    const gone = ask('site-a');
    await server[Symbol.asyncDispose]();
    await expect(gone([ONE], SIGNAL)).rejects.toThrow(UnreachableIndex);
    server = await open();
  });

  it('learns no tag: of another key the same tag is another hash', () => {
    expect(keyedHash('another key', 'e2000001')).not.toBe(ONE);
    expect(ONE).not.toBe(createHash('sha256').update('e2000001').digest('hex'));
  });
});
