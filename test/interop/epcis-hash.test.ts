import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { GoodsVerb, RecordType, ReleaseStep, StatementKind } from '../../src/domain/record.ts';
import { readEvents } from '../../src/epcis/event-document.ts';
import { preHash } from '../../src/epcis/event-hash.ts';
import { documentOf, epc, HandJournal, HOUR, ORDER, T0, TAG } from '../epcis/journal.ts';

/** A Python in which the reference program is installed; BAILEE_PYTHON names one of a virtual environment. */
const PYTHON = process.env['BAILEE_PYTHON'] ?? 'python3';
const isThere = spawnSync(PYTHON, ['-c', 'import epcis_event_hash_generator, pyld']).status === 0;
const skipped = isThere ? '' : ' (skipped: epcis-event-hash-generator and pyld are not installed)';
/** What `gs1:` meant in its release 1.9.3, which writes the layout of the 2.1 draft. */
const REFERENCE = { version: '2.1', gs1Base: 'https://gs1.org/voc/' } as const;
const PALLET = '3114257bf4499602d2000000';

/**
 * Events as we make them. Left out is what release 1.9.3 of the reference does otherwise than the standard's property order and its own
 * successor of 2026 (whose published hashes event-hash.test.ts has): lists of sources, destinations and transactions behind or between
 * others, and `cbvmda`, which its copy of the context lacks.
 */
function everyKind(): HandJournal {
  const journal = new HandJournal()
    .stream(T0, 1, { dev: 'uhf-1', ch: 'dock', place: 'cold-1' })
    .stream(T0, 3, { dev: 'probe-1', ch: 't', unit: 'Cel', exp: -1, place: 'cold-1' })
    .add(T0 + 1, 1, RecordType.observation, [epc(TAG), null, 1, T0, T0 + 1, 3, -4500, 0])
    .add(T0 + 3, 0, RecordType.goods, [GoodsVerb.placed, 'copper-7', epc(TAG), 'cold-1'])
    .add(T0 + 4, 0, RecordType.goods, [GoodsVerb.placed, '铜 8', null, 'yard'])
    .state(T0 + 5, StatementKind.aggregation, PALLET, 1, {
      kind: 'aggregation',
      parent: PALLET,
      children: [TAG],
      on: true,
      zone: 'yard',
    })
    .state(T0 + 6, StatementKind.orderContent, ORDER.order, 1, { ...ORDER, zone: 'yard' })
    .add(T0 + 7, 0, RecordType.release, [epc(ORDER.order), ReleaseStep.authorised, 1, '']);
  for (const [i, v] of [-180, -175, -171].entries()) journal.add(T0 + 9 + i, 3, RecordType.reading, [v, 0]);
  return journal
    .add(T0 + HOUR, 0, RecordType.goods, [GoodsVerb.removed, 'copper-7', epc(TAG), 'cold-1'])
    .add(T0 + HOUR, 0, RecordType.release, [epc(ORDER.order), ReleaseStep.done, 1, '']);
}

it.skipIf(!isThere)(
  `the reference program, over JSON-LD expanded by pyld, gives our events the same names${skipped}`,
  () => {
    const events = everyKind().events();
    expect(new Set(events.map((e) => e.kind))).toEqual(
      new Set(['device', 'presence', 'goods', 'aggregation', 'release', 'sensor']),
    );
    const document = documentOf(events);
    const peer = spawnSync(PYTHON, [join(import.meta.dirname, 'epcis-hash-peer.py')], {
      input: document,
      encoding: 'utf8',
    });
    expect(peer.stderr).not.toContain('Traceback');
    const read = readEvents(Buffer.from(document));
    const ours = (read.ok ? read.value : []).map(({ event }) =>
      event.ok ? preHash(event.value, REFERENCE) : event.why,
    );
    expect(ours).toEqual(JSON.parse(peer.stdout));
  },
);
