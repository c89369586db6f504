import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { simulateLlrp, type SimulatedLlrp } from '../../src/devices/llrp/simulator.ts';
import { RecordType, StatementKind } from '../../src/domain/record.ts';
import { bailee, Daemon, eventually, expectSound, type Ended } from '../daemon.ts';
import { writeSite, type Site } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';

const ALARM = 'shelf-1/in-conflicts/tag-swapped';
const EPC = '3034245482cc0e4000010000';
const TIDS = ['e2801191a503006100010000', 'e2801191a503006200010000'] as const;
/** Two supervisors, each with a token of their own. */
const PEOPLE = ['li', 'wang'] as const;

/** The rule as it ships; whom it tells is not of this story. */
function shippedRule(): string {
  const rules: unknown = parse(
    readFileSync(join(import.meta.dirname, '../../config/rules/pledge.yaml'), 'utf8'),
  );
  const list: readonly Readonly<Record<string, unknown>>[] = Array.isArray(rules) ? rules : [];
  const found = list.find((rule) => rule['id'] === 'tag-swapped');
  return stringify([{ ...found, do: [] }]);
}

function tokenOf(id: string): string {
  return `${id}-`.padEnd(43, 'x');
}

const entry = (tid: boolean) => ({
  id: 'shelf-1',
  driver: 'llrp',
  host: '127.0.0.1',
  keepalive: '500ms',
  every: '1s',
  gone: '1s',
  settle: '200ms',
  tid,
  points: [{ name: 'in', antennas: [1], zone: 'cold-1' }],
});

function siteOf(reader: SimulatedLlrp, tid: boolean): Site {
  const users = PEOPLE.map((id, i) => {
    const hash = createHash('sha256').update(tokenOf(id)).digest('hex');
    return `  - { id: ${id}, number: ${i + 2}, name: ${id} of the office, role: supervisor, token-hash: 'sha256:${hash}' }`;
  });
  const site = writeSite({
    devices: `  - ${JSON.stringify({ ...entry(tid), port: reader.port })}`,
    rules: shippedRule(),
    more: `users:\n${users.join('\n')}\n`,
  });
  for (const id of PEOPLE) writeFileSync(join(site.folder, id), tokenOf(id), { mode: 0o600 });
  return site;
}

async function conflicts(daemon: Daemon, wanted: string): Promise<void> {
  await eventually(
    `${wanted} tags in conflict`,
    () => daemon.stream('shelf-1/in-conflicts'),
    (s) => s.state === 'fresh' && s.latest?.text === wanted,
  );
}

async function seenTags(daemon: Daemon): Promise<void> {
  await eventually(
    'the tag is seen',
    () => daemon.stream('shelf-1/in-tags'),
    (s) => s.state === 'fresh' && s.latest?.text === '1',
  );
}

it('a tag on another chip is known over a restart, and two persons bind it anew', async () => {
  await using reader = await simulateLlrp(entry(true), { host: '127.0.0.1', port: 0 });
  reader.set('shelf-1', 'in', 1);
  using site = siteOf(reader, true);
  const tags = (url: string, who: (typeof PEOPLE)[number], ...args: readonly string[]): Promise<Ended> =>
    bailee('tags', ...args, '--url', url, '--token-file', join(site.folder, who));
  {
    await using daemon = await Daemon.start(site.file);
    await seenTags(daemon);
    await conflicts(daemon, '0');
    expect((await tags(daemon.url, 'li', 'list')).out).toBe(
      '1 of 1 tags are bound to their chip; there is room for 100000\n',
    );
    expect(await daemon.alarms()).toEqual([]);
    await daemon.stop();
  }
  reader.fault('shelf-1', 'swapped-chip');
  await using daemon = await Daemon.start(site.file);
  await eventually(
    'the alarm',
    () => daemon.alarm(ALARM),
    (alarm) => alarm?.state === 'unacknowledged' && alarm.priority === 'urgent',
  );
  const bind = (who: (typeof PEOPLE)[number]): Promise<Ended> =>
    tags(daemon.url, who, 'bind', EPC, TIDS[1], '--reason', 'the label was damaged and replaced');
  expect(await bind('li')).toMatchObject({ code: 0, out: expect.stringContaining('a second person') });
  expect(await bind('li')).toMatchObject({
    code: 64,
    err: expect.stringContaining('a second person has to say the same'),
  });
  expect((await tags(daemon.url, 'wang', 'list')).out).toContain(
    `${EPC} to TID ${TIDS[1]}, said by li of the office`,
  );
  await conflicts(daemon, '1');
  expect((await bind('wang')).code).toBe(0);
  await conflicts(daemon, '0');
  expect((await daemon.alarm(ALARM))?.state).toBe('latchedUnacknowledged');
  await daemon.stop();

  const told = journalRecords(site.data, RecordType.statement).filter(
    ({ body }) => body[0] === StatementKind.tagConflict,
  );
  expect(told[0]?.body.slice(0, 4)).toEqual([StatementKind.tagConflict, EPC, null, null]);
  expect(told[0]?.body[4]).toBe(`shelf-1/in with TID ${TIDS[1]}, bound to TID ${TIDS[0]}`);
  const acts = journalRecords(site.data, RecordType.act).filter(({ body }) => body[2] === 'bind-tag');
  expect(acts.map(({ body }) => [body[0], body[5], body[7]])).toEqual([
    [2, TIDS[1], 0],
    // Said twice by one person: refused, and on record.
    [2, null, 1],
    [3, TIDS[1], 0],
  ]);
  await expectSound(site.data);
});

it('a reader that reads no chips decides nothing', async () => {
  await using reader = await simulateLlrp(entry(false), { host: '127.0.0.1', port: 0 });
  reader.set('shelf-1', 'in', 1);
  using site = siteOf(reader, false);
  await using daemon = await Daemon.start(site.file);
  await seenTags(daemon);
  reader.fault('shelf-1', 'swapped-chip');
  const since = (await daemon.stream('shelf-1/in-conflicts')).latest?.t ?? 0;
  await eventually(
    'rounds after the swap',
    () => daemon.stream('shelf-1/in-conflicts'),
    ({ latest }) => (latest?.t ?? 0) > since + 2000,
  );
  await conflicts(daemon, '0');
  expect(await daemon.alarms()).toEqual([]);
  const answer = await bailee(
    'tags',
    'list',
    '--json',
    '--url',
    daemon.url,
    '--token-file',
    join(site.data, 'operator.token'),
  );
  expect(JSON.parse(answer.out)).toEqual({ known: 1, bound: 0, most: 100_000, waiting: [] });
  await daemon.stop();
});
