import { expect, it } from 'vitest';
import { checked, limitRule, SITE, STREAMS } from '../../test/rules/cold-store.ts';
import { Records } from '../../test/rules/timeline.ts';
import type { Standing } from '../alarms/standing.ts';
import { EVENTS_SLOT, SystemCode, type LogRecord } from '../domain/record.ts';
import { bindRules } from '../rules/rule-set.ts';
import { Deciding, type Output } from './deciding.ts';
import { OnRecord } from './on-record.ts';

const MIN = 60_000;
const [, , , STORE] = STREAMS;
const set = bindRules(
  checked([
    limitRule({ escalate: { after: '30m', to: 'urgent' } }),
    limitRule({ id: 'latching', latch: true }),
    limitRule({ id: 'store', on: { stream: STORE?.id } }),
    limitRule({ id: 'out', on: { stream: STORE?.id } }),
    limitRule({ id: 'over', on: { stream: STORE?.id }, above: 9 }),
  ]),
  STREAMS,
  SITE.zones,
);

/** What must be the same; the order of its records is that of slot 0, so causes there differ from a test's. */
function told({
  alarm,
  state,
  priority,
  isActive,
  since,
  escalateAt,
  isLatched,
  shelved,
  suppressedBy,
  out,
}: Standing) {
  const ends = [shelved?.until ?? null, suppressedBy, out?.reason ?? null];
  return [alarm, state, priority, isActive, since, escalateAt, isLatched, ...ends];
}

it('gives every alarm that stands as it stands, from records alone', () => {
  const records = new Records();
  const deciding = Deciding.decode(set, null);
  const onRecord = new OnRecord();
  let seq = 0;
  const put = (outputs: readonly Output[]): void => {
    for (const { t, type, body } of outputs) onRecord.take({ slot: EVENTS_SLOT, seq: seq++, t, type, body });
  };
  const live = (record: LogRecord): void => {
    put(deciding.before(record, 0));
    if (record.slot === EVENTS_SLOT) onRecord.take(record);
    put(deciding.judge(record));
    deciding.commit();
    const rebuilt = Deciding.decode(set, onRecord.state(set));
    expect(rebuilt.alarms.list().map(told)).toEqual(deciding.alarms.list().map(told));
    expect(rebuilt.alarms.maintained().map(({ zone, until }) => [zone, until])).toEqual(
      deciding.alarms.maintained().map(({ zone, until }) => [zone, until]),
    );
    // A start under the same rules clears nothing that stands.
    expect(rebuilt.judge(records.ruleSet(record.t))).toEqual([]);
  };
  live(records.reading(4, MIN, 100));
  live(records.reading(1, 2 * MIN, 950));
  live(records.act(3 * MIN, 'shelve', 'probe-2/temperature/store', '2h'));
  live(records.act(4 * MIN, 'take-out', 'probe-2/temperature/out'));
  live(records.act(5 * MIN, 'acknowledge', 'probe-1/temperature/latching'));
  live(records.reading(4, 6 * MIN, 85));
  live(records.system(7 * MIN, SystemCode.clockStepped, MIN));
  live(records.act(9 * MIN, 'maintain', 'cold-1', '1h'));
  live(records.reading(1, 10 * MIN, 400));
  live(records.reading(4, 11 * MIN, 40));
  live(records.act(12 * MIN, 'end-maintenance', 'cold-1'));
  live(records.reading(1, 13 * MIN, 950));
  live(records.system(50 * MIN, SystemCode.clock));
  live(records.act(51 * MIN, 'put-back', 'probe-2/temperature/out'));
  live(records.system(4 * 60 * MIN, SystemCode.clock));
});
