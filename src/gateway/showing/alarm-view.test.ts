import { expect, it } from 'vitest';
import { onFinding } from '../../alarms/machine.ts';
import { CHATTER_RULE } from '../../alarms/own-alarms.ts';
import { EvidenceClock } from '../../domain/clock.ts';
import { Deciding } from '../../intake/deciding.ts';
import { bindRules } from '../../rules/rule-set.ts';
import { AlarmView } from './alarm-view.ts';

const NOON = Date.UTC(2026, 10, 3, 12);

it('shows the alarms of the machine itself, and who set them aside by name', () => {
  const deciding = Deciding.decode(bindRules([], [], new Map()), null);
  const view = new AlarmView({
    core: {
      deciding,
      clock: new EvidenceClock(
        0,
        () => 0,
        () => NOON,
      ),
    },
    live: { valueOf: () => null, acknowledged: () => null },
    streams: new Map(),
    zones: new Map(),
    people: new Map([[7, 'Zhang Wei']]),
  });
  const id = 'gateway/chattering-alarm';
  expect(view.alarm(id)).toMatchObject({ state: 'normal', since: NOON, priority: 'low' });
  expect(view.alarm('gateway/nothing')).toBeNull();

  const cause = { slot: 1, seq: 9 };
  const found = {
    rule: CHATTER_RULE.rule,
    subject: 'gateway',
    phase: 1,
    t: NOON,
    cause,
    v: null,
    priority: 4,
  } as const;
  onFinding(deciding.roster, deciding.alarms, found);
  expect(view.alarms()).toEqual([
    {
      id,
      title: CHATTER_RULE.title,
      rule: 'chattering-alarm',
      subject: 'gateway',
      zone: null,
      priority: 'low',
      state: 'unacknowledged',
      since: NOON,
      lastValue: null,
      limit: null,
      basis: 'ISA-18.2 / IEC 62682, R36',
      cause,
      acknowledged: null,
      isActive: true,
      isStale: false,
      isChattering: false,
      longestShelvingMs: 86_400_000,
      shelved: null,
      suppressedBy: null,
      outOfService: null,
    },
  ]);
  const body = [7, 'operator', 'shelve', id, null, '2h', 'the probe is being changed', 0] as const;
  deciding.judge({ slot: 0, seq: 3, t: NOON + 5, type: 6, body });
  expect(view.alarm(id)).toMatchObject({
    state: 'shelved',
    shelved: {
      by: 'Zhang Wei',
      role: 'operator',
      reason: 'the probe is being changed',
      at: NOON + 5,
      until: NOON + 5 + 2 * 3_600_000,
    },
  });
  expect(view.counts()).toEqual({
    alarms: 0,
    alarmsUnacknowledged: 0,
    alarmsShelved: 1,
    alarmsSuppressed: 0,
    alarmsOutOfService: 0,
  });
  const maintain = [9, 'supervisor', 'maintain', 'cold-1', null, '4h', 'defrost', 0] as const;
  deciding.judge({ slot: 0, seq: 4, t: NOON + 6, type: 6, body: maintain });
  expect(view.maintenance()).toEqual([
    {
      zone: { id: 'cold-1', title: { en: 'cold-1', zh: 'cold-1' } },
      by: 'supervisor 9',
      role: 'supervisor',
      at: NOON + 6,
      reason: 'defrost',
      until: NOON + 6 + 4 * 3_600_000,
      alarms: 0,
      active: 0,
    },
  ]);
});
