import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { simulateLlrp } from '../devices/llrp/simulator.ts';
import { R200_ANSWERING } from '../devices/uhf-r200/simulator.ts';
import { checkR200 } from '../devices/uhf-r200/settings.ts';
import { simulateOnTcp } from '../devices/uhf/simulated-reader.ts';
import { bailee, Bailee, eventually } from './bailee.fixture.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bailee-readers-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const gate = { id: 'gate-1', driver: 'llrp', host: '127.0.0.1', every: '1s', settle: '100ms', gone: '1s' };
const shelf = {
  id: 'shelf-1',
  driver: 'uhf-r200',
  host: '127.0.0.1',
  round: '200ms',
  listen: '60ms',
  every: '1s',
};

/** A site of two readers, each with its simulator; two tags stand at the gate, one on the shelf. */
async function site() {
  const points = [{ name: 'in', antennas: [1], zone: 'cold-1' }];
  const llrp = await simulateLlrp({ ...gate, points }, { host: '127.0.0.1', port: 0 });
  const antennas = [{ antenna: 1, point: 'top', zone: 'cold-1' }];
  const checked = checkR200({ ...shelf, port: 4001, antennas });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const r200 = await simulateOnTcp(checked.value, R200_ANSWERING, { host: '127.0.0.1', port: 0 });
  llrp.set('gate-1', 'in', 2);
  r200.set('shelf-1', 'top-tags', 1);
  const file = join(root, 'gateway.yaml');
  const devices = [
    { ...gate, points, port: llrp.port },
    { ...shelf, antennas, port: r200.port },
  ];
  const rest = { gateway: { id: 'b0b1b2b3b4b5b6b7', domain: 'consortium.example' }, data: 'data' };
  writeFileSync(file, JSON.stringify({ ...rest, listen: { port: 0 }, zones: [{ id: 'cold-1' }], devices }));
  return {
    file,
    llrp,
    [Symbol.asyncDispose]: async () => {
      await llrp[Symbol.asyncDispose]();
      await r200[Symbol.asyncDispose]();
    },
  };
}

describe('readers of tags', () => {
  it('are tested by what they saw last', async () => {
    await using at = await site();
    at.llrp.set('gate-1', 'in', 0);
    const empty = await bailee('devices', at.file, '--test', 'gate-1', '--lang', 'zh');
    expect(empty.stdout).toMatch(/gate-1\/in: 读取正常，未发现标签\n {2}gate-1\/in-tags: 0\n/);
    at.llrp.set('gate-1', 'in', 2);
    const works = await bailee('devices', at.file, '--test', 'gate-1');
    expect(works).toMatchObject({ code: 0, stderr: '' });
    expect(works.stdout).toMatch(
      /gate-1\/in: \n( {4}[0-9a-f]{24} antenna 1, \d+ reads?, -\d\d\.\d\d dBm(, TID [0-9a-f]+)?\n){2}/,
    );
    expect(works.stdout).not.toContain('no value');
    const json: unknown = JSON.parse(
      (await bailee('devices', at.file, '--test', 'shelf-1', '--json')).stdout,
    );
    expect(json).toMatchObject({
      works: true,
      streams: [{ id: 'shelf-1/top', state: 'works', seen: [{ antenna: 1 }] }, { v: 1 }, { v: 0 }],
    });
  });

  it('are watched with the bytes on their lines and the tags in them', async () => {
    await using at = await site();
    using watch = new Bailee(['devices', at.file, '--watch']);
    const wanted = [
      // RO_ACCESS_REPORT of LLRP 1.0.1; the inventory command and notice of an R200.
      /gate-1 < 04 3d 00 00 /,
      /gate-1 > 04 01 00 00 /,
      /gate-1\/in [0-9a-f]{24} antenna 1, /,
      /shelf-1 > bb 00 27 00 03 22 /,
      /shelf-1 < bb 02 22 00 /,
      /shelf-1\/top [0-9a-f]+ antenna 1, /,
    ];
    await eventually(
      () => watch.stdout,
      () => wanted.every((line) => line.test(watch.stdout)),
    );
    expect((await watch.stop()).code).toBe(0);
  });
});
