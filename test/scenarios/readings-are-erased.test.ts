import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openArchive } from '../../src/buffer/archive.ts';
import { Daemon, bailee } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';

/** Nobody answers on this port: failed polls are readings too. */
const DEVICES = `
  - id: line-1
    driver: modbus-tcp
    host: 127.0.0.1
    port: 1
    slaves:
      - { id: probe-1, unit: 1, profile: rs-ws-n01, every: 200ms, max-gap: 5s, zone: cold-1 }
`;
const STREAM = 'probe-1/temperature';

it('readings are erased from a running gateway, on record, and everything says so', async () => {
  using site = writeSite({ devices: DEVICES, block: '1s' });
  await using daemon = await Daemon.start(site.file);
  const { data } = site;
  const sealed = (): { from: number; to: number; size: number } => {
    using archive = openArchive(data);
    const size = archive.size();
    return { from: archive.block(0)?.t0 ?? 0, to: archive.block(size - 2)?.t1 ?? 0, size };
  };
  while (sealed().size < 5) await delay(100);
  const { from, to } = sealed();
  const window = ['--from', new Date(from).toISOString(), '--to', new Date(to).toISOString()];
  const who = ['--data', data, '--url', daemon.url, '--stream', STREAM, ...window];

  const refused = await bailee('erase', ...who, '--reason', 'retention');
  expect(refused).toMatchObject({ code: 64, err: expect.stringContaining('ask with force') });
  const erased = await bailee('erase', ...who, '--reason', 'retention', '--force');
  expect(erased).toMatchObject({ code: 0, out: expect.stringContaining('Erased, and on record') });

  const token = readFileSync(join(data, 'operator.token'), 'utf8').trim();
  const path = `streams/${encodeURIComponent(STREAM)}/readings?from=${from}&to=${to}`;
  const answer = await fetch(`${daemon.url}/api/v1/${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await answer.json()).toMatchObject({
    readings: [],
    erased: [{ to, act: { actor: 1, role: 'admin', reason: 'retention' } }],
  });

  const audit = await bailee('audit', '--data', data);
  expect(audit).toMatchObject({ code: 0, out: expect.stringContaining(`  ${STREAM}: by act `) });
  const replay = await bailee('replay', '--data', data);
  expect(replay.out).toContain('their readings were erased');
  const out = join(site.folder, 'out.zip');
  const exported = await bailee('export', '--data', data, '--stream', STREAM, ...window, '--out', out);
  expect(exported).toMatchObject({ code: 0, err: expect.stringContaining('were erased') });
}, 60_000);
