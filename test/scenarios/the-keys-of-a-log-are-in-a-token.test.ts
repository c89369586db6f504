import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openArchive } from '../../src/buffer/archive.ts';
import { parseNote } from '../../src/evidence/note.ts';
import { utf8 } from '../../src/evidence/encodings.ts';
import { ANVIL_CHAIN_ID, ANVIL_SECRETS, startAnvil } from '../anvil.ts';
import { bailee, Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite, type Site } from '../gateway-site.ts';
import { hasToken, ifToken, PIN, SoftToken, SOFTHSM } from '../soft-token.ts';

const [ADMIN, GATEWAY] = ANVIL_SECRETS;
const NOT_YET = '0x0000000000000000000000000000000000000000';

function site(url: string): Site {
  return writeSite({
    block: '2s',
    devices: `
  - id: mq
    driver: mqtt
    broker: embedded
    listen: 127.0.0.1:0
    devices: [{ id: probe-1, topic: site/p, profile: json-generic, every: 10s, zone: cold-1 }]`,
    more: `
keys:
  log-key: pkcs11:token=bailee;object=log-key
  sm2-key: file:sm2.key
  pkcs11: { module: ${SOFTHSM}, pin: file:pin }
ledger:
  kind: evm
  url: ${url}
  chain-id: ${ANVIL_CHAIN_ID}
  contract: '${NOT_YET}'
  finality: { depth: 1 }
  account-key: file:account.key
  ledger-key: pkcs11:token=bailee;id=%02
`,
    files: { 'admin.key': ADMIN, 'account.key': GATEWAY, 'sm2.key': '3'.repeat(64), pin: `${PIN}\n` },
  });
}

async function done(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await bailee(...args);
  expect(code, err).toBe(0);
  return out.trim();
}

/** What a start that comes to nothing says, with its exit code. */
const refused = (file: string): Promise<string> =>
  Daemon.start(file).then(
    () => 'it started',
    (error: unknown) => String(error),
  );

it.skipIf(!hasToken)(
  `a token signs the log and its ledger line, is pulled out, meets a wrong PIN, and goes on${ifToken}`,
  { timeout: 120_000 },
  async () => {
    using token = new SoftToken();
    using place = site('http://127.0.0.1:1');
    await using opening = new AsyncDisposableStack();
    const anvil = opening.use(await startAnvil({ stateFile: join(place.folder, 'chain.json'), port: 0 }));
    await anvil.rpc('anvil_mine', '0x3');
    await anvil.rpc('evm_setIntervalMining', 1);
    const { file, data } = place;
    const admin = `file:${join(place.folder, 'admin.key')}`;
    const node = ['--url', anvil.url, '--chain-id', String(ANVIL_CHAIN_ID), '--account-key', admin];
    const contract = await done('ledger', 'deploy', ...node, '--key-delay', '60s');
    place.edit((text) => text.replace('http://127.0.0.1:1', anvil.url).replace(NOT_YET, contract));
    await done('check', file);
    await (await Daemon.start(file)).stop();
    expect([existsSync(join(data, 'log.key')), existsSync(join(data, 'log.pub'))]).toEqual([false, true]);
    // Proof of possession by the key in the token, which the contract recovers from r, s and v.
    await done('ledger', 'enrol', '--config', file, '--account-key', admin);

    const daemon = opening.use(await Daemon.start(file));
    await eventually(
      'an anchor is final',
      () => daemon.status(),
      ({ anchor }) => (anchor.lastFinalSize ?? 0) > 0,
      20_000,
    );
    expect(daemon.said).not.toContain('slow to sign');
    token.pull();
    await expect(daemon.failed(20_000)).rejects.toThrow(
      /^ended with 74:[^]*IO: the token bailee does not sign: CKR_/,
    );

    expect(await refused(file)).toMatch(
      /ended with 74 [^]*IO: the token bailee is not there; is it plugged in\?/,
    );
    token.plugIn();
    writeFileSync(join(place.folder, 'pin'), '0000\n');
    expect(await refused(file)).toMatch(/ended with 78 [^]*keys\.pkcs11\.pin[^]*it was tried once/);
    writeFileSync(join(place.folder, 'pin'), PIN);
    await (await Daemon.start(file)).stop();

    const policy = join(place.folder, 'policy.json');
    writeFileSync(policy, await done('policy', '--data', data));
    // The log key and the SM2 key, both from the first head on.
    const keys = [...readFileSync(policy, 'utf8').matchAll(/"key": "[^"]+",\s+"from": 0,\s+"to": null/g)];
    expect(keys).toHaveLength(2);
    await done('audit', '--data', data, '--policy', policy);
    await expectSound(data);
    {
      using archive = openArchive(data);
      const head = parseNote(utf8(archive.latestNote()?.note ?? ''));
      // The log's line, the ledger's and the SM2 line, each after the 4 bytes of its key's id.
      expect(head.ok && head.note.lines.map((l) => l.decoded.length - 4)).toEqual([64, 65, 64]);
    }

    // The token would sign a second log of the same name; the data directory knows better.
    renameSync(join(data, 'journal.db'), join(place.folder, 'journal.db'));
    expect(await refused(file)).toMatch(/ended with 76 [^]*has a log key, but its journal is gone/);
  },
);
