import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { EpcisOutbox } from '../../src/api/epcis-types.ts';
import { epcOf } from '../../src/devices/llrp/simulated-reader.ts';
import { simulateLlrp } from '../../src/devices/llrp/simulator.ts';
import { readEvents } from '../../src/epcis/event-document.ts';
import { eventHash } from '../../src/epcis/event-hash.ts';
import { readDocument } from '../../src/epcis/event-reader.ts';
import { GS1_BASE } from '../../src/epcis/vocabulary.ts';
import { bailee, Daemon, eventually, expectSound } from '../daemon.ts';
import { TestRepository } from '../epcis/repository.ts';
import { writeSite } from '../gateway-site.ts';

const READER = {
  id: 'reader-1',
  driver: 'llrp',
  host: '127.0.0.1',
  keepalive: '500ms',
  every: '1s',
  gone: '1s',
  settle: '200ms',
  points: [{ name: 'shelf', antennas: [1, 2], zone: 'cold-1' }],
};
const TOKEN = 'partner-token';
const SHELF = 'https://id.gs1.org/414/9521321000018/254/1';

type Event = {
  readonly eventID: string;
  readonly type: string;
  readonly bizStep?: string;
  readonly epcList?: string[];
};

/** What the query endpoint says, once all of it is valid and every name is the hash of its event. */
async function eventsOf(daemon: Daemon, query = ''): Promise<Event[]> {
  const response = await daemon.ask(`../../epcis/v2/events?perPage=1000${query}`);
  expect(response.status).toBe(200);
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect(readDocument(bytes)).toMatchObject({ ok: true });
  const read = readEvents(bytes);
  const hashes = (read.ok ? read.value : []).map(({ event }) =>
    event.ok
      ? eventHash(event.value, { version: '2.0', gs1Base: GS1_BASE }, (b) =>
          createHash('sha256').update(b).digest(),
        )
      : event.why,
  );
  const document = JSON.parse(Buffer.from(bytes).toString()) as {
    epcisBody: { queryResults: { resultsBody: { eventList: Event[] } } };
  };
  const { eventList } = document.epcisBody.queryResults.resultsBody;
  expect(hashes).toEqual(eventList.map((e) => e.eventID));
  return eventList;
}

async function outboxOf(daemon: Daemon): Promise<EpcisOutbox> {
  return (await (await daemon.ask('epcis/outbox')).json()) as EpcisOutbox;
}

it(
  'goods that are seen, placed and moved are told to a partner’s repository once, over a power cut, and taken back',
  { timeout: 120_000 },
  async () => {
    await using partner = new TestRepository(TOKEN);
    // Its jobs run until it is told otherwise.
    partner.runningFor = 1_000_000;
    const url = await partner.listen();
    await using reader = await simulateLlrp(READER, { host: '127.0.0.1', port: 0 });
    reader.set('reader-1', 'shelf', 3);
    using site = writeSite({
      devices: `  - ${JSON.stringify({ ...READER, port: reader.port })}`,
      zones: ['cold-1', 'yard'],
      block: '2s',
      files: { 'partner-token': TOKEN },
      more: `goods: {}
epcis:
  places: { cold-1: '${SHELF}' }
  steps: { reader-1/shelf: stocking }
  capture: { url: '${url}/v2', token: file:partner-token, events: [presence, goods], lan: true }
`,
    });
    const tag = epcOf(1, 0);
    const put = (daemon: Daemon, verb: string, zone: string) =>
      daemon.post('goods', { acts: [{ verb, lot: 'copper-7', zone, epcs: [tag] }], reason: 'test' });
    let told: Event[];
    {
      await using daemon = await Daemon.start(site.file);
      await eventually(
        'three tags',
        () => daemon.stream('reader-1/shelf-tags'),
        (s) => s.latest?.text === '3',
        30_000,
      );
      expect(await put(daemon, 'place', 'cold-1')).toMatchObject({ status: 204 });
      expect(await put(daemon, 'move', 'yard')).toMatchObject({ status: 204 });
      const isTold = (list: Event[]): boolean =>
        list.filter((e) => e.bizStep === 'stocking').length >= 3 && list.some((e) => e.bizStep === 'storing');
      told = await eventually('events of what is sealed', () => eventsOf(daemon), isTold, 30_000);
      expect(told.map((e) => e.bizStep)).toEqual(
        expect.arrayContaining(['stocking', 'receiving', 'storing', 'installing']),
      );
      const item = told.find((e) => e.bizStep === 'storing')?.epcList?.[0] ?? '';
      const found = await eventsOf(daemon, `&MATCH_epc=${encodeURIComponent(item)}&EQ_bizStep=storing`);
      expect(found).toEqual(told.filter((e) => e.bizStep === 'storing'));
      const thing = (await (
        await daemon.ask(`../../${item.replace('https://id.gs1.org/', '')}`)
      ).json()) as object;
      expect(thing).toMatchObject({ uri: item, epc: tag, lot: 'copper-7', place: { zone: 'yard' } });
      // The repository has taken them and stored nothing, and here nobody waits for it.
      await eventually(
        'a capture job',
        () => outboxOf(daemon),
        (o) => o.state === 'polling' && o.job !== null,
        30_000,
      );
      expect(partner.stored).toEqual([]);
      await daemon.cut();
    }
    partner.runningFor = 0;
    await using daemon = await Daemon.start(site.file);
    const ids = told.filter((e) => e.bizStep !== 'installing').map((e) => e.eventID);
    await eventually(
      'all stored',
      () => outboxOf(daemon),
      (o) => o.waiting === 0 && ids.every((id) => partner.ids.includes(id)),
      30_000,
    );
    expect(new Set(partner.ids).size).toBe(partner.ids.length);
    const moved = told.find((e) => e.bizStep === 'storing')?.eventID;
    const withdraw = [
      'epcis',
      'withdraw',
      '--config',
      site.file,
      '--url',
      daemon.url,
      '--why',
      'did_not_occur',
    ];
    expect(await bailee(...withdraw, '--note', 'scanned by mistake', moved ?? '')).toMatchObject({ code: 0 });
    expect(
      await bailee(...withdraw, '--note', 'x', `ni:///sha-256;${'0'.repeat(64)}?ver=CBV2.0`),
    ).toMatchObject({
      err: expect.stringContaining('there is no event') as string,
    });
    const isDeclared = (): boolean =>
      partner.stored.some((e) => e.eventID === moved && e.errorDeclaration !== undefined);
    await eventually('an error declaration', isDeclared, (is) => is, 30_000);
    const outbox = await bailee('epcis', 'outbox', '--config', site.file, '--url', daemon.url);
    expect(outbox).toMatchObject({ code: 0, out: expect.stringContaining(`${url}/v2`) as string });

    const { health } = await daemon.status();
    expect(health.find((check) => check.name === 'repository')).toMatchObject({ state: 'ok' });

    // One that hangs delays nothing else.
    partner.fault = 'silent';
    await put(daemon, 'remove', 'yard');
    const leaves = (list: Event[]): boolean => list.some((e) => e.bizStep === 'departing');
    await eventually('the next event', () => eventsOf(daemon), leaves, 30_000);
    expect(await daemon.stream('reader-1/shelf-tags')).toMatchObject({ state: 'fresh' });
    await daemon.stop();
    await expectSound(site.data);
  },
);
