import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Problem } from '../domain/errors.ts';
import { loadConfiguration } from './load.ts';
import { checkers } from './site.fixture.ts';
import { loadWitnessConfiguration } from './witness.ts';

const NONE = { checked: true, directory: null } as const;
const folder = mkdtempSync(join(tmpdir(), 'bailee-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const said = ({ path, message, line }: Problem): string => `${line} ${path.join('.')} ${message}`;

async function load(more: string) {
  const text = `gateway: { id: b0b1b2b3b4b5b6b7, domain: consortium.example }\ndata: data\n${more}`;
  return loadConfiguration(put('gateway.yaml', text), checkers, {
    shippedProfiles: join(folder, 'shipped'),
    credentials: NONE,
  });
}

/** One witness at this URL. */
const at = (url: string, lan = ''): string =>
  `witnesses:\n  - { url: '${url}', vkey: 'witness.1+00000001+K', owner: a${lan} }\nquorum: 1\n`;

const check = (text: string) =>
  loadWitnessConfiguration(put('witness.yaml', text), checkers.verifierKey, NONE);

async function problemsOf(more: string): Promise<string[]> {
  const loaded = await load(more);
  return loaded.ok ? [] : loaded.problems.map(said);
}

const one = (n: number, owner = `bank-${n}`, url = `https://w${n}.example/`): string =>
  `  - { url: '${url}', vkey: 'witness.${n}+0000000${n}+KEY${n}', owner: ${owner} }\n`;

describe('witnesses of a gateway', () => {
  it('are named with their owner and how many of them are enough', async () => {
    const loaded = await load(`witnesses:\n${one(1)}${one(2)}quorum: 2\n`);
    expect(loaded).toMatchObject({
      ok: true,
      value: {
        witnesses: {
          quorum: 2,
          list: [
            { url: 'https://w1.example/', vkey: 'witness.1+00000001+KEY1', owner: 'bank-1' },
            { owner: 'bank-2' },
          ],
        },
      },
    });
    expect(await load('')).toMatchObject({ ok: true, value: { witnesses: null } });
  });

  it('need no more owners than there are, each counted once', async () => {
    expect(await problemsOf(`witnesses:\n${one(1, 'a')}${one(2, 'a')}${one(3, 'b')}quorum: 3\n`)).toEqual([
      '7 quorum must not be above the number of owners: the witnesses have 2 distinct owners',
    ]);
    expect(await problemsOf(`witnesses:\n${one(1, 'a')}${one(2, 'a')}${one(3, 'b')}quorum: 2\n`)).toEqual([]);
  });

  it('are told by every fault at once: keys, doubles, addresses, a quorum that is missing', async () => {
    const wrong = `witnesses:\n${one(1)}${one(1, 'bank-2')}  - { url: 'https://w3.example', vkey: 'log.3+00000003+K3', owner: c }\n`;
    expect(await problemsOf(wrong)).toEqual([
      '5 witnesses.1.vkey is a second witness with this key; the first stands on line 4',
      '6 witnesses.2.vkey is no key of a witness',
      expect.stringMatching(/^\d+ quorum is missing; it must be a whole number from 1 to 16$/),
    ]);
    expect(await problemsOf('quorum: 2\n')).toEqual([
      '3 quorum counts owners of witnesses, and there are none',
    ]);
    expect(await problemsOf('witnesses: []\nquorum: 1\n')).toEqual([
      '3 witnesses must be a list of 1 to 16 witnesses',
    ]);
    const unknown = `witnesses:\n  - { url: 'ftp://w', vkey: 'witness.1+0+K', ownr: a }\nquorum: 1\n`;
    expect((await problemsOf(unknown)).sort()).toEqual([
      '4 witnesses.0.owner is missing; it must be an id of at most 32 small letters, digits and dashes',
      '4 witnesses.0.ownr is not a key here; did you mean "owner"?',
      '4 witnesses.0.url must be a URL that starts with https:// or http://',
    ]);
  });

  it('are asked in the clear only on this machine, or where the network is vouched for', async () => {
    for (const url of [
      'http://127.0.0.1:8686',
      'http://localhost:8686',
      'http://[::1]:8686',
      'https://w.example',
    ])
      expect(await problemsOf(at(url)), url).toEqual([]);
    expect(await problemsOf(at('http://192.0.2.7'))).toEqual([
      '4 witnesses.0.url must be https; plain http is for this machine or a local network, with lan: true',
    ]);
    expect(await problemsOf(at('http://192.0.2.7', ', lan: true'))).toEqual([]);
  });
});

describe('the configuration of a witness', () => {
  it('names its key, its state and the logs it knows', () => {
    const text = `name: witness.bank-a.example/1
state: state
logs:
  - { key: log.a+00000001+K1 }
  - { key: log.b+00000002+K2, later-epochs: true }
`;
    expect(check(text)).toMatchObject({
      ok: true,
      value: {
        name: 'witness.bank-a.example/1',
        state: join(folder, 'state'),
        listen: { host: '127.0.0.1', port: 8686, tls: null },
        logs: [
          { key: 'log.a+00000001+K1', laterEpochs: false },
          { key: 'log.b+00000002+K2', laterEpochs: true },
        ],
      },
    });
    expect(check('name: w\nstate: s\nlogs: []\n')).toMatchObject({ ok: true, value: { logs: [] } });
  });

  it('is told whole: every fault with its line', () => {
    const text = `name: a name
stat: state
listen: { host: 0.0.0.0 }
logs:
  - { key: witness.a+00000001+K1 }
  - { key: log.b+00000002+K2 }
  - { key: log.b+00000002+K2 }
`;
    const checked = check(text);
    expect(checked.ok ? [] : checked.problems.map(said)).toEqual([
      '2 stat is not a key here; did you mean "state"?',
      '1 name must be a name of at most 96 signs without spaces or +, e.g. witness.bank-a.example/1',
      expect.stringMatching(/^\d+ state is missing; it must be the path of a file or folder$/),
      '3 listen.host is reached from other machines and needs listen.tls with certificate and key; or use 127.0.0.1',
      expect.stringMatching(/^3 listen\.names is missing/),
      '5 logs.0.key is no key of a log',
      '7 logs.2.key stands here a second time; the first is on line 6',
    ]);
  });
});
