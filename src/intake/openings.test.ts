import { describe, expect, it } from 'vitest';
import { checked, limitRule, SITE, STREAMS } from '../../test/rules/cold-store.ts';
import { Records } from '../../test/rules/timeline.ts';
import { RecordType, type LogRecord } from '../domain/record.ts';
import type { OpenStream } from '../domain/stream.ts';
import { NOTHING_GUARDED } from '../rules/interlocks.ts';
import { bindRules } from '../rules/rule-set.ts';
import { Deciding, type Output } from './deciding.ts';

const [PROBE] = STREAMS;
if (PROBE === undefined) throw new Error('no stream');
const FIRE: OpenStream = { ...PROBE, slot: 9, id: 'panel/fire', dev: 'panel', ch: 'fire', quantity: 'fire' };
const actuators = new Map([
  ['gate', ['barrier-open', 'barrier-close']],
  ['shutter', ['open', 'close']],
  ['dock', ['on', 'off']],
]);
const set = bindRules(
  checked([limitRule({ do: [{ siren: 'dock' }, { notify: 'manager' }] })]),
  [...STREAMS, FIRE],
  SITE.zones,
  { ...NOTHING_GUARDED, actuators },
);
const fresh = (): Deciding => Deciding.decode(set, null);

const keys = (outputs: readonly Output[]): string[] => outputs.flatMap((o) => o.outbox?.key ?? []);
function act(device: string, result: 0 | 1 = 0): LogRecord {
  const record = new Records().act(5, 'break-glass', device);
  return { ...record, body: [...record.body.slice(0, 7), result] };
}

describe('a fire input', () => {
  it('opens every way out, once for each fire, for as long as it may burn', () => {
    const deciding = fresh();
    const records = new Records();
    const out = deciding.judge(records.reading(9, 10, 1));
    expect(keys(out)).toEqual(['panel/fire gate barrier-open 9.0', 'panel/fire shutter open 9.0']);
    expect(out[0]).toMatchObject({
      type: RecordType.command,
      body: ['panel/fire gate barrier-open 9.0', 'gate', 'barrier-open', null, 9, 0, 300_010, 0],
    });
    expect(keys(deciding.judge(records.reading(9, 20, 1)))).toEqual([]);
    // A cut wire ends no fire.
    expect(keys(deciding.judge(records.reading(9, 25, null, 1)))).toEqual([]);
    expect(keys(deciding.judge(records.reading(9, 30, 1)))).toEqual([]);
    expect(keys(deciding.judge(records.reading(9, 40, 0)))).toEqual([]);
    expect(keys(deciding.judge(records.reading(9, 50, 1)))).toHaveLength(2);
  });

  it('is remembered over a restart, and forgotten with a commit that failed', () => {
    const records = new Records();
    let deciding = fresh();
    deciding.judge(records.reading(9, 10, 1));
    deciding.discard();
    expect(keys(deciding.judge(records.reading(9, 20, 1)))).toHaveLength(2);
    deciding.commit();
    deciding = Deciding.decode(set, deciding.encode());
    expect(keys(deciding.judge(records.reading(9, 30, 1)))).toEqual([]);
    deciding.judge(records.reading(9, 40, 0));
    expect(deciding.encode()).toEqual(fresh().encode());
  });
});

describe('break-glass', () => {
  it('opens at once, and everybody whom a rule would tell is told', () => {
    const out = fresh().judge(act('gate'));
    expect(keys(out)).toEqual(['break-glass gate barrier-open 0.0', 'gate/break-glass manager duty 0.0.1']);
    expect(out[0]?.outbox).toMatchObject({ kind: 'command', t: 5, expiry: 10_005 });
  });

  it('that was refused, or of what closes no way, moves nothing', () => {
    expect(keys(fresh().judge(act('gate', 1)))).toEqual([]);
    expect(keys(fresh().judge(act('dock')))).toEqual([]);
  });
});
