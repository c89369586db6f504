import { describe, expect, it } from 'vitest';
import type { Aggregation, HandOver, ReceiptBinding } from '../../domain/goods/documents.ts';
import { GoodsVerb, RecordType, ReleaseStep, StatementKind } from '../../domain/record.ts';
import {
  asRead,
  epc,
  HAND_OVER,
  HandJournal,
  HOUR as H,
  MapMemory,
  NAMING,
  ORDER,
  T0,
  TAG,
} from '../../../test/epcis/journal.ts';
import { thingNamed } from './things.ts';

const ITEM = 'https://id.gs1.org/01/80614141123458/21/6789';
/** SSCC-96 of (00)106141412345678908. */
const PALLET = '3114257bf4499602d2000000';

function seen(journal: HandJournal, t: number, first: number, last: number, q = 0): void {
  journal.add(t, 1, RecordType.observation, [epc(TAG), null, 1, first, last, 3, -4500, q]);
}

describe('presence', () => {
  it('is told once a stay, at its beginning, with read point, zone and evidence', () => {
    const journal = new HandJournal().stream(T0, 1, { dev: 'uhf-1', ch: 'dock', place: 'cold-1' });
    seen(journal, T0 + 5000, T0 + 1000, T0 + 4000);
    seen(journal, T0 + 60_000, T0 + 59_000, T0 + 59_500);
    seen(journal, T0 + 119_500, T0 + 119_400, T0 + 119_500);
    // One ms beyond max_gap: another stay.
    seen(journal, T0 + 179_600, T0 + 179_501, T0 + 179_600);
    const events = journal.events().filter((e) => e.kind === 'presence');
    const read = asRead(events);
    expect(read.map((e) => e['eventTime'])).toEqual([
      new Date(T0 + 1000).toISOString(),
      new Date(T0 + 179_501).toISOString(),
    ]);
    expect(read[0]).toMatchObject({
      type: 'ObjectEvent',
      action: 'OBSERVE',
      recordTime: new Date(T0 + 5000).toISOString(),
      eventTimeZoneOffset: '+08:00',
      epcList: [ITEM],
      bizStep: 'entering_exiting',
      readPoint: { id: 'https://id.gs1.org/414/9521321000018/254/2' },
      bizLocation: { id: 'https://id.gs1.org/414/9521321000018/254/1' },
      'bailee:evidence': {
        'bailee:origin': 'consortium.example/gw/b0b1b2b3b4b5b6b7/0',
        'bailee:block': 0,
        'bailee:slot': 1,
        'bailee:seq': 0,
      },
    });
  });

  it('of what was sent late is told by itself, and does not lengthen a stay', () => {
    const journal = new HandJournal().stream(T0, 1, { dev: 'uhf-1', ch: 'dock', place: 'cold-1' });
    seen(journal, T0 + 5000, T0 + 1000, T0 + 4000);
    seen(journal, T0 + 6000, T0 - H, T0 - H, 32);
    seen(journal, T0 + 7000, T0 + 6500, T0 + 7000);
    const times = journal.events().flatMap((e) => (e.kind === 'presence' ? [e.event.eventTime] : []));
    expect(times).toEqual([T0 + 1000, T0 - H].map((t) => new Date(t).toISOString()));
  });

  it('of memory that is no EPC keeps it as it is; of a scanned product without serial it is a class', () => {
    const journal = new HandJournal().stream(T0, 1, { dev: 'uhf-1', ch: 'x', place: '' });
    journal.add(T0, 1, RecordType.observation, [epc('e2801160600002'), null, 1, T0, T0, 1, 0, 0]);
    const scanned = Buffer.from(']d20109506000134352\x1d10AB-1');
    journal.add(T0, 1, RecordType.observation, [scanned, null, 1, T0, T0, 1, 0, 0]);
    journal.add(T0, 1, RecordType.observation, [Buffer.from(']X0粤B12345'), null, 1, T0, T0, 1, 0, 0]);
    const read = asRead(journal.events());
    expect(read).toMatchObject([
      { epcList: ['urn:epc:raw:56.xE2801160600002'] },
      { quantityList: [{ epcClass: 'https://id.gs1.org/01/09506000134352/10/AB-1' }] },
    ]);
  });
});

describe('readings', () => {
  it('of a window are one event with least, greatest, mean and mean kinetic temperature, and say an alarm', () => {
    const journal = new HandJournal().stream(T0, 3, {
      dev: 'probe-1',
      ch: 't',
      unit: 'Cel',
      exp: -1,
      place: 'cold-1',
    });
    for (const [i, v] of [40, 45, 50].entries()) journal.add(T0 + i * 1000, 3, RecordType.reading, [v, 0]);
    journal.add(T0 + 3000, 3, RecordType.reading, [999, 2]);
    journal.add(T0 + 4000, 0, RecordType.finding, ['cold', 'cold-1', 1, 3, 2, 50]);
    journal.add(T0 + H, 3, RecordType.reading, [null, 1]);
    journal.add(T0 + 3 * H, 0, RecordType.system, [9, null, null, null]);
    const read = asRead(journal.events().filter((e) => e.kind === 'sensor'));
    expect(read.map((e) => e['sensorElementList'])).toEqual([
      [
        {
          sensorMetadata: {
            startTime: new Date(T0).toISOString(),
            endTime: new Date(T0 + H).toISOString(),
            deviceID: 'https://consortium.example/gw/b0b1b2b3b4b5b6b7/device/probe-1',
          },
          sensorReport: [
            { type: 'Temperature', minValue: 4, maxValue: 5, meanValue: 4.5, uom: 'CEL' },
            {
              type: 'Temperature',
              value: 4.51,
              uom: 'CEL',
              dataProcessingMethod: 'https://consortium.example/ns/bailee/mean-kinetic-temperature',
            },
            { type: 'Temperature', exception: 'ALARM_CONDITION' },
          ],
        },
      ],
      [expect.objectContaining({ sensorReport: [{ type: 'Temperature', exception: 'ERROR_CONDITION' }] })],
    ]);
    expect(read.map((e) => [e['bailee:readings'], e['bailee:unusable']])).toEqual([
      [3, 1],
      [0, 1],
    ]);
  });
});

function put(verb: number, zone: string) {
  return [verb, 'copper-7', epc(TAG), zone];
}

describe('goods', () => {
  it('are received, stored, and depart with what was measured around them', () => {
    const journal = new HandJournal().stream(T0, 3, {
      dev: 'probe-1',
      ch: 't',
      unit: 'Cel',
      exp: -1,
      place: 'cold-1',
    });
    journal.add(T0, 0, RecordType.goods, put(GoodsVerb.linked, ''));
    journal.add(T0 + 1, 0, RecordType.goods, put(GoodsVerb.placed, 'yard'));
    journal.add(T0 + 2, 0, RecordType.goods, put(GoodsVerb.moved, 'cold-1'));
    journal.add(T0 + H, 3, RecordType.reading, [-180, 0]);
    journal.add(T0 + 2 * H, 3, RecordType.reading, [-170, 0]);
    journal.add(T0 + 2 * H + 1, 0, RecordType.goods, put(GoodsVerb.removed, 'cold-1'));
    journal.add(T0 + 2 * H + 2, 0, RecordType.goods, put(GoodsVerb.placed, 'yard'));
    journal.add(T0 + 2 * H + 3, 0, RecordType.goods, put(GoodsVerb.unlinked, ''));
    const read = asRead(journal.events().filter((e) => e.kind === 'goods'));
    expect(read.map((e) => [e['action'], e['bizStep'], e['disposition']])).toEqual([
      ['ADD', 'commissioning', 'active'],
      ['OBSERVE', 'receiving', 'in_progress'],
      ['OBSERVE', 'storing', 'in_progress'],
      ['OBSERVE', 'departing', 'in_transit'],
      ['OBSERVE', 'receiving', 'in_progress'],
      ['DELETE', 'decommissioning', 'inactive'],
    ]);
    expect(read[0]?.['ilmd']).toEqual({ 'cbvmda:lotNumber': 'copper-7' });
    expect(read[3]).toMatchObject({
      readPoint: { id: 'https://id.gs1.org/414/9521321000018/254/1' },
      sensorElementList: [{ sensorReport: [{ minValue: -18, maxValue: -17, meanValue: -17.5 }, {}] }],
    });
    expect(read[3]).not.toHaveProperty('bizLocation');
  });

  it('in bulk are a class; a thing is found by its Digital Link with the leaf that says so', () => {
    const memory = new MapMemory();
    const journal = new HandJournal().add(T0, 0, RecordType.goods, [1, '铜 7', null, 'yard']);
    journal.add(T0, 0, RecordType.goods, put(GoodsVerb.placed, 'yard'));
    const read = asRead(journal.events(NAMING, [], memory));
    expect(read[0]?.['quantityList']).toEqual([
      { epcClass: 'https://consortium.example/gw/b0b1b2b3b4b5b6b7/lot/%E9%93%9C%207' },
    ]);
    expect(thingNamed(ITEM, memory)).toMatchObject({
      epc: TAG,
      lot: 'copper-7',
      zone: 'yard',
      since: T0,
      seq: 1,
    });
    expect(thingNamed(`${ITEM}0`, memory)).toBeNull();
  });
});

describe('orders and statements', () => {
  it('tie an order to goods when it is authorised, carried out or void; without content nothing is told', () => {
    const id = epc(ORDER.order);
    const journal = new HandJournal()
      .add(T0, 0, RecordType.release, [epc('00'.repeat(32)), ReleaseStep.done, 1, ''])
      .state(T0, StatementKind.orderContent, ORDER.order, 1, ORDER)
      .add(T0 + 1, 0, RecordType.release, [id, ReleaseStep.requested, 1, ''])
      .add(T0 + 2, 0, RecordType.release, [id, ReleaseStep.authorised, 1, ''])
      .add(T0 + 3, 0, RecordType.release, [id, ReleaseStep.done, 1, ''])
      .add(T0 + 4, 0, RecordType.release, [id, ReleaseStep.cancelled, 1, '']);
    const read = asRead(journal.events());
    expect(read.map((e) => [e['type'], e['action'], e['bizStep']])).toEqual([
      ['TransactionEvent', 'ADD', 'reserving'],
      ['TransactionEvent', 'OBSERVE', 'shipping'],
      ['TransactionEvent', 'DELETE', 'void_shipping'],
    ]);
    expect(read[1]).toMatchObject({
      epcList: [ITEM],
      bizTransactionList: [
        { bizTransaction: `https://consortium.example/order/${ORDER.order}` },
        {
          type: 'https://consortium.example/ns/bailee/warehouse-receipt',
          bizTransaction: `https://consortium.example/receipt/${ORDER.receipt}`,
        },
      ],
    });
  });

  it('tell a pallet and its cases, amounts, counts and hand-overs, each from its document', () => {
    const pallet: Aggregation = {
      kind: 'aggregation',
      parent: PALLET,
      children: [TAG],
      on: true,
      zone: 'yard',
    };
    const receipt = {
      kind: 'receipt',
      receipt: 'cd'.repeat(32),
      goods: { lot: 'copper-7' },
      place: { zone: 'yard' },
    };
    const binding = { ...receipt, epcs: [TAG], amount: ORDER.amount } as unknown as ReceiptBinding;
    const count = { kind: 'count', receipt: receipt.receipt, zone: 'yard', expected: 2, seen: 1, missing: 1 };
    const counted = { ...count, unexpected: 0, result: 'complete', finishedAt: T0 } as unknown as HandOver;
    const journal = new HandJournal()
      .state(T0, StatementKind.aggregation, PALLET, 1, pallet)
      .state(T0 + 1, StatementKind.receipt, receipt.receipt, 1, binding)
      .state(T0 + 2, StatementKind.count, receipt.receipt, 1, counted)
      .state(T0 + 3, StatementKind.handOver, 'h-1', null, HAND_OVER)
      .state(T0 + 4, StatementKind.handOver, 'h-1', 2, { ...HAND_OVER, waybill: 'W 1/3' })
      .state(T0 + 5, StatementKind.aggregation, PALLET, 1, { ...pallet, on: false });
    const read = asRead(journal.events());
    expect(read).toMatchObject([
      {
        type: 'AggregationEvent',
        action: 'ADD',
        parentID: 'https://id.gs1.org/00/106141412345678908',
        childEPCs: [ITEM],
      },
      { type: 'TransactionEvent', action: 'ADD', epcList: [ITEM] },
      {
        bizStep: 'cycle_counting',
        disposition: 'mismatch_quantity',
        quantityList: [{ quantity: 1 }],
        'bailee:missing': 1,
      },
      {
        bizStep: 'accepting',
        disposition: 'non_conformant',
        quantityList: [{ quantity: 12.5, uom: 'TNE' }],
        bizTransactionList: [{ type: 'bol', bizTransaction: 'https://consortium.example/waybill/W%201%2F3' }],
        destinationList: [{ type: 'possessing_party', destination: 'https://id.gs1.org/417/9521321000018' }],
        'bailee:minutesOutside': 60,
      },
      { type: 'AggregationEvent', action: 'DELETE' },
    ]);
  });

  it('tell a device once for all its streams at a place', () => {
    const journal = new HandJournal()
      .stream(T0, 3, { dev: 'probe-1', ch: 't', unit: 'Cel', place: 'cold-1' })
      .stream(T0, 4, { dev: 'probe-1', ch: 'h', unit: '%', place: 'cold-1' })
      .add(T0 + 1, 0, RecordType.stream, [3, null])
      .stream(T0 + 2, 4, { dev: 'probe-1', ch: 'h', unit: '%', place: 'yard' });
    const read = asRead(journal.events());
    expect(read.map((e) => [e['action'], e['eventTime'], e['parentID']])).toEqual([
      ['ADD', new Date(T0).toISOString(), 'https://id.gs1.org/414/9521321000018/254/1'],
      ['DELETE', new Date(T0 + 2).toISOString(), 'https://id.gs1.org/414/9521321000018/254/1'],
      ['ADD', new Date(T0 + 2).toISOString(), 'https://consortium.example/gw/b0b1b2b3b4b5b6b7/zone/yard'],
    ]);
  });
});
