import { PassThrough } from 'node:stream';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from './program.ts';

const README = join(import.meta.dirname, '../../README.md');
const EVENT = {
  type: 'ObjectEvent',
  eventTime: '2026-01-31T16:00:00+08:00',
  eventTimeZoneOffset: '+08:00',
  action: 'OBSERVE',
  epcList: ['urn:epc:id:sgtin:0614141.107346.2018'],
  sensorElementList: [{ sensorReport: [{ type: 'Temperature', value: 4.5, uom: 'CEL' }] }],
};

type Answer = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** In this process, with the document on standard input. */
async function epcis(command: string, document: unknown, args: readonly string[]): Promise<Answer> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(typeof document === 'string' ? document : JSON.stringify(document));
  const { signal } = new AbortController();
  const code = await runCommand(['epcis', command, ...args], { env: {}, signal, stdin, stdout, stderr });
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

async function hash(document: unknown, ...args: string[]): Promise<Answer> {
  return epcis('hash', document, args);
}

function listOf(...eventList: unknown[]): unknown {
  return {
    '@context': 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
    type: 'EPCISDocument',
    epcisBody: { eventList },
  };
}

describe('bailee epcis hash', () => {
  it('has a line for each event, and the text that is hashed where it is wanted', async () => {
    const { code, stdout, stderr } = await hash(listOf(EVENT), '-', '--prehash');
    expect([code, stderr]).toEqual([0, '']);
    const [line = '', text] = stdout.split('\n');
    expect(line).toMatch(
      /^ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2\.0 {2}\/epcisBody\/eventList\/0 {2}ObjectEvent {2}2026-01-31T16:00:00\+08:00$/,
    );
    expect(text).toBe(
      'eventType=ObjectEventeventTime=2026-01-31T08:00:00.000ZeventTimeZoneOffset=+08:00epcListepc=https://id.gs1.org/01/10614141073464/21/2018action=OBSERVEsensorElementsensorReporttype=https://ref.gs1.org/voc/Temperaturevalue=4.5uom=CEL',
    );
  });

  it('says which version it is, and takes the other', async () => {
    const answer: unknown = JSON.parse(
      (await hash(listOf(EVENT), '-', '--version', '2.1', '--json', '--prehash')).stdout,
    );
    expect(answer).toMatchObject({
      version: 'CBV2.1',
      gs1Base: 'https://ref.gs1.org/voc/',
      events: [
        {
          place: '/epcisBody/eventList/0',
          hash: expect.stringMatching(/\?ver=CBV2\.1$/),
          prehash: expect.stringContaining('sensorElementListsensorElement'),
        },
      ],
    });
    const other = await hash(listOf(EVENT), '-', '--gs1-base', 'https://gs1.org/voc/', '--prehash');
    expect(other.stdout).toContain('type=https://gs1.org/voc/Temperature');
    expect((await hash(listOf(EVENT), '-', '--gs1-base', 'gs1')).code).toBe(64);
  });

  it('names a bad event with its place, and hashes the others', async () => {
    const { code, stdout, stderr } = await hash(listOf(EVENT, { ...EVENT, eventTime: 'x' }), '-');
    expect(code).toBe(1);
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stderr).toMatch(/^bailee: -: \/epcisBody\/eventList\/1: eventTime: "x" is no time/);
  });

  it('says where an event bears the hash of another', async () => {
    const hashed = (await hash(listOf(EVENT), '-')).stdout.split(' ')[0] ?? '';
    const same = await hash(listOf({ ...EVENT, eventID: hashed }), '-');
    expect(same.stdout).not.toContain('eventID');
    const other = await hash(listOf({ ...EVENT, eventID: hashed, action: 'ADD' }), '-', '--lang', 'zh');
    expect(other.stdout).toContain('与其 eventID 中的哈希不同');
  });

  it('refuses what is no such document', async () => {
    expect(await hash('', README)).toMatchObject({ code: 64, stdout: '' });
    expect((await hash('<a/>', '-')).stderr).toMatch(/^bailee: -: \/a: no document and no event/);
    expect((await hash('', 'nowhere.json')).code).toBe(74);
  });
});

describe('bailee epcis check', () => {
  const created = { schemaVersion: '2.0', creationDate: '2026-01-31T08:00:00Z' };

  it('finds nothing, in the language asked for, or everything at once', async () => {
    const good = { ...Object(listOf(EVENT)), ...created };
    expect(await epcis('check', good, ['-'])).toEqual({
      code: 0,
      stdout: 'events: 1; nothing is wrong\n',
      stderr: '',
    });
    expect((await epcis('check', good, ['-', '--lang', 'zh'])).stdout).toBe('事件 1 个，无误\n');
    const bad = listOf({ ...EVENT, action: 'LOOK', bizStep: 'shiping' });
    const { code, stderr } = await epcis('check', bad, ['-']);
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      'bailee: -: /: creationDate is missing',
      'bailee: -: /schemaVersion: null is not a version such as "2.0"',
      'bailee: -: /epcisBody/eventList/0/action: "LOOK" is not one of OBSERVE, ADD, DELETE',
      expect.stringMatching(/eventList\/0\/bizStep: "shiping" .*; did you mean "shipping"\?$/),
    ]);
  });

  it('gives JSON for a program', async () => {
    const { code, stdout } = await epcis('check', '[]', ['-', '--json']);
    expect([code, JSON.parse(stdout)]).toEqual([
      1,
      { ok: false, faults: [{ path: '/', problem: 'a list is not an object' }] },
    ]);
  });
});
