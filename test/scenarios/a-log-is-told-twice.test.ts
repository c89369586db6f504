import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bailee, Daemon, eventually } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';
import { logKeyOf, Member, nameWitnesses, unnameWitnesses } from '../witness-town.ts';

it('attack 11: a log goes on from an image that was put back while its witness was not asked: the gateway ends with 76, and both keep the proof', async () => {
  await using stack = new AsyncDisposableStack();
  using site = writeSite({
    block: '2s',
    devices: `
  - id: mq
    driver: mqtt
    broker: embedded
    listen: 127.0.0.1:0
    devices: [{ id: probe-1, topic: site/p, profile: json-generic, every: 10s, zone: cold-1 }]`,
  });
  await (await Daemon.start(site.file)).stop();
  const key = await logKeyOf(site.data);
  const bank = stack.use(new Member('bank', key));
  await bank.start();
  const image = join(site.folder, 'image');
  cpSync(site.data, image, { recursive: true });

  nameWitnesses(site, 1, [bank]);
  let daemon = stack.use(await Daemon.start(site.file));
  const { anchor } = await eventually(
    'two heads are cosigned',
    () => daemon.status(),
    (s) => (s.anchor.witnesses?.cosignedSize ?? 0) >= 5,
    20_000,
  );
  await daemon.cut();
  const known = Number(/\n(\d+)\n/.exec(await bank.shownHead())?.[1]);
  expect(known).toBeGreaterThanOrEqual(anchor.witnesses?.cosignedSize ?? 0);
  // Of a power of two a consistency proof names no root.
  expect([5, 6, 7]).toContain(known);

  // The thief's way: the image, and no witness asked, until both histories have a head of one size.
  rmSync(site.data, { recursive: true });
  cpSync(image, site.data, { recursive: true });
  unnameWitnesses(site);
  daemon = stack.use(await Daemon.start(site.file));
  await eventually(
    'it has come as far alone',
    () => daemon.status(),
    ({ journal }) => journal.size === known,
    20_000,
  );
  await daemon.cut();

  nameWitnesses(site, 1, [bank]);
  const ended = await bailee('run', site.file);
  expect(ended.code, ended.err).toBe(76);
  expect(ended.err).toContain(
    `FORK: witness witness.bank.example/1 has cosigned another head of size ${known}`,
  );

  for (const folder of [join(site.data, 'fraud'), join(bank.state, 'fraud')]) {
    const [file = ''] = readdirSync(folder);
    const checked = await bailee('fraud', join(folder, file), '--key', key);
    expect(checked).toMatchObject({ code: 0 });
    expect(checked.out).toContain(`at size ${known} one head has root`);
    // Under another's key it proves nothing.
    expect(await bailee('fraud', join(folder, file), '--key', bank.vkey)).toMatchObject({ code: 1 });
  }

  // Gone on further alone, it is found by the proof that its own next request brings.
  rmSync(join(site.data, 'fraud'), { recursive: true });
  unnameWitnesses(site);
  daemon = stack.use(await Daemon.start(site.file));
  await eventually(
    'it has gone further alone',
    () => daemon.status(),
    ({ journal }) => journal.size > known + 2,
    20_000,
  );
  await daemon.cut();
  nameWitnesses(site, 1, [bank]);
  const later = await bailee('run', site.file);
  expect(later.code, later.err).toBe(76);
  const [file = ''] = readdirSync(join(site.data, 'fraud'));
  expect((await bailee('fraud', join(site.data, 'fraud', file), '--key', key)).out).toMatch(
    new RegExp(`the head of size ${known} has root .* under the head of size \\d+ had root`),
  );
}, 180_000);
