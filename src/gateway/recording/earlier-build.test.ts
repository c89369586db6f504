import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AlarmState } from '../../domain/alarm.ts';
import { RecordType } from '../../domain/record.ts';
import { encode } from '../../evidence/cbor.ts';
import { openReadOnly } from '../archive/open-read-only.ts';
import { Place, type Life } from '../data-directory.fixture.ts';
import { sha256 } from '../site/primitives.ts';

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/data-directories');
const PROBE = 'probe-1/temperature';
const ALARM = `${PROBE}/cold-room-warm`;
const QUIET = { signal: new AbortController().signal, onProgress: () => undefined };

/** A few seconds after the last record of each: no timer of theirs is over yet. */
const THEN = 1_795_548_850_000;

let place: Place;
beforeEach(() => {
  place = new Place();
  vi.spyOn(Date, 'now').mockReturnValue(THEN);
});
afterEach(() => {
  vi.restoreAllMocks();
  place[Symbol.dispose]();
});

function take(name: string): void {
  mkdirSync(place.data, { mode: 0o700 });
  writeFileSync(
    join(place.data, 'journal.db'),
    gunzipSync(readFileSync(join(FIXTURES, name, 'journal.db.gz'))),
  );
  writeFileSync(join(place.data, 'log.key'), readFileSync(join(FIXTURES, name, 'log.key')), { mode: 0o600 });
}

/** The newest snapshot is what a build to come might have written. */
function spoilSnapshot(): void {
  const bytes = encode([99, ['rules', []]]);
  using db = new DatabaseSync(join(place.data, 'journal.db'));
  db.prepare('UPDATE snapshot SET sha256 = ?, bytes = ?').run(sha256(bytes), bytes);
}

function acts({ records }: Life): unknown[] {
  return records.filter(({ type }) => type === RecordType.act).map(({ body }) => body.slice(2, 4));
}

/** What stands, in words. */
function standing({ core }: Life): unknown[] {
  return core.deciding.alarms
    .list()
    .map(({ alarm, state, isActive, priority }) => [alarm, state, isActive, priority]);
}

describe.each(['alarms-of-nine-fields', 'alarms-with-asides'])(
  'a data directory of an earlier build, %s',
  (name) => {
    it('starts with what stood, which goes on as it would have', async () => {
      take(name);
      using life = await place.boot();
      expect(life.core.unreadable).toBeNull();
      expect(acts(life)).toEqual([]);
      expect(standing(life)).toEqual([[ALARM, AlarmState.unacknowledged, true, 2]]);
      // Escalation was due 30 min after it rose: it is still to come.
      const [alarm] = life.core.deciding.alarms.list();
      expect((alarm?.escalateAt ?? 0) - (alarm?.since ?? 0)).toBe(30 * 60_000);
      life.read(PROBE, 60, 60);
      expect(life.core.deciding.alarms.get(ALARM)).toMatchObject({ isActive: false });
      life.blocks.seal();
    });

    it('is replayed over the start of this build without a difference', async () => {
      take(name);
      {
        using life = await place.boot();
        life.read(PROBE, 60, 60, 95);
        life.blocks.seal();
      }
      const args = { from: 0, to: null, rules: null };
      const report = await openReadOnly(place.data, null).replay(args, QUIET);
      expect(report).toMatchObject({ difference: null, starts: 2 });
    });
  },
);

describe('a stored state that is not understood', () => {
  it('keeps no gateway from starting, and no alarm from standing; it is on record', async () => {
    take('alarms-with-asides');
    spoilSnapshot();
    {
      using life = await place.boot();
      expect(life.core.unreadable).toContain('form 99');
      expect(acts(life)).toEqual([['rebuild-state', 'deciding']]);
      expect(standing(life)).toEqual([[ALARM, AlarmState.unacknowledged, true, 2]]);
      life.read(PROBE, 60, 60, 95);
      expect(standing(life)).toEqual([[ALARM, AlarmState.unacknowledged, true, 2]]);
      life.blocks.seal();
    }
    const args = { from: 0, to: null, rules: null };
    const report = await openReadOnly(place.data, null).replay(args, QUIET);
    expect(report).toMatchObject({ difference: null, starts: 2 });
    using next = await place.boot();
    expect(next.core.unreadable).toBeNull();
    expect(standing(next)).toEqual([[ALARM, AlarmState.unacknowledged, true, 2]]);
  });
});
