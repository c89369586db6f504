import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordType } from '../../domain/record.ts';
import { readDocument } from '../event-reader.ts';
import { GS1_BASE } from '../vocabulary.ts';
import {
  asRead,
  documentOf,
  epc,
  HAND_OVER,
  HandJournal,
  HOUR as H,
  NAMING,
  ORDER,
  T0,
  TAG,
} from '../../../test/epcis/journal.ts';

describe('a random journal', () => {
  const text = fc
    .string({ unit: 'grapheme', maxLength: 12 })
    .map((s) => s.replaceAll(/\p{Cc}/gu, ' ').toWellFormed());
  const tag = fc.oneof(
    fc.constant(TAG),
    fc.uint8Array({ minLength: 1, maxLength: 16 }).map((b) => Buffer.from(b).toString('hex')),
  );
  const zone = fc.constantFrom('', 'cold-1', 'yard', '库 1');
  const amount = fc.record({
    value: fc.nat(2 ** 40),
    exp: fc.integer({ min: -9, max: 9 }),
    unit: fc.constantFrom('1', 'kg', 'bushel'),
  });
  const steps = fc.oneof(
    fc.record({
      is: fc.constant('goods' as const),
      verb: fc.integer({ min: 0, max: 6 }),
      lot: text,
      tag: fc.option(tag),
      zone,
    }),
    fc.record({ is: fc.constant('seen' as const), tag, age: fc.nat(60_000), q: fc.constantFrom(0, 16, 32) }),
    fc.record({ is: fc.constant('read' as const), v: fc.option(fc.maxSafeInteger()), q: fc.nat(63) }),
    fc.record({ is: fc.constant('place' as const), slot: fc.constantFrom(1, 3), zone, open: fc.boolean() }),
    fc.record({
      is: fc.constant('order' as const),
      step: fc.integer({ min: 1, max: 9 }),
      amount,
      epcs: fc.option(fc.array(tag)),
      lot: text,
      zone,
    }),
    fc.record({
      is: fc.constant('pack' as const),
      parent: tag,
      children: fc.array(tag, { maxLength: 4 }),
      on: fc.boolean(),
      zone,
    }),
    fc.record({
      is: fc.constant('hand' as const),
      amount,
      at: fc.nat(10_000),
      lot: text,
      waybill: text,
      zone,
    }),
  );
  const journals = fc.array(fc.tuple(fc.nat(2 * H), steps), { maxLength: 40 }).map((list) => {
    const journal = new HandJournal();
    journal.stream(T0, 1, { dev: 'uhf-1', ch: 'dock', place: 'cold-1' });
    journal.stream(T0, 3, { dev: 'probe-1', ch: 't', unit: 'Cel', exp: -2, place: 'cold-1' });
    let t = T0;
    for (const [i, [gap, step]] of list.entries()) {
      t += 1 + gap;
      const { is } = step;
      if (is === 'goods') {
        journal.add(t, 0, RecordType.goods, [
          step.verb,
          step.lot,
          step.tag === null ? null : epc(step.tag),
          step.zone,
        ]);
      } else if (is === 'seen') {
        journal.add(t, 1, RecordType.observation, [
          epc(step.tag),
          null,
          1,
          t - step.age,
          t,
          1,
          -4000,
          step.q,
        ]);
      } else if (is === 'read') journal.add(t, 3, RecordType.reading, [step.v, step.q]);
      else if (is === 'place') {
        if (!step.open) journal.add(t, 0, RecordType.stream, [step.slot, null]);
        else
          journal.stream(t, step.slot, { dev: 'probe-1', ch: 't', unit: 'Cel', exp: -2, place: step.zone });
      } else if (is === 'order') {
        const { amount: much, epcs, lot } = step;
        journal.state(t, 3, ORDER.order, 1, { ...ORDER, amount: much, epcs, lot, zone: step.zone });
        journal.add(t + 1, 0, RecordType.release, [epc(ORDER.order), step.step, i, '']);
      } else if (is === 'pack') journal.state(t, 7, step.parent, 1, { ...step, kind: 'aggregation' });
      else {
        const goods = { lot: step.lot, epcs: null, amount: step.amount };
        journal.state(t, 6, 'h', 2, {
          ...HAND_OVER,
          goods,
          at: t - step.at,
          waybill: step.waybill,
          zone: step.zone,
        });
      }
    }
    return journal;
  });

  it('gives valid events whose names anybody computes, and the same ones when it is read in parts', () => {
    fc.assert(
      fc.property(journals, fc.array(fc.nat(80), { maxLength: 5 }), (journal, cuts) => {
        const events = journal.events();
        asRead(events);
        expect(documentOf(journal.events(NAMING, cuts))).toBe(documentOf(events));
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('has names of the 2.1 draft where these are asked for', () => {
    const naming = { ...NAMING, hashing: { version: '2.1', gs1Base: GS1_BASE } } as const;
    fc.assert(
      fc.property(journals, (journal) => {
        const events = journal.events(naming);
        asRead(events, '2.1');
        expect(events.every(({ id }) => id.endsWith('?ver=CBV2.1'))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('never gives two events one name', () => {
    fc.assert(
      fc.property(journals, (journal) => {
        const ids = journal.events().map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 50 },
    );
  });

  it('with anything broken in its document is refused with the place, or read', () => {
    const piece = fc.constantFrom('null', '{}', '[]', '"x"', '-1', '1e999', '"2026-13-01T00:00:00Z"', 'true');
    fc.assert(
      fc.property(journals, fc.nat(), piece, fc.boolean(), (journal, at, by, isCut) => {
        const document = documentOf(journal.events());
        const values = [...document.matchAll(/(?<=":)(?:"[^"]*"|-?[\d.]+)/g)];
        const found = values[at % values.length];
        const start = found?.index ?? 0;
        const broken = isCut
          ? document.slice(0, at % document.length)
          : document.slice(0, start) + by + document.slice(start + (found?.[0].length ?? 0));
        const read = readDocument(new TextEncoder().encode(broken));
        for (const { path, problem } of read.ok ? [] : read.faults) {
          expect(path).toMatch(/^\//);
          expect(problem).not.toBe('');
        }
        if (isCut) expect(read.ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
