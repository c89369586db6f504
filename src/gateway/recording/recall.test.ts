import { expect, it } from 'vitest';
import { AlarmState } from '../../domain/alarm.ts';
import { EVENTS_SLOT, RecordType } from '../../domain/record.ts';
import { Place, type Life } from '../data-directory.fixture.ts';
import type { Live } from './live.ts';
import { recall } from './recall.ts';

const ALARM = 'probe-1/temperature/cold-room-warm';

function acknowledge(life: Life): void {
  life.pass(1000);
  const t = life.core.intake.notBefore;
  const body = [1, 'operator', 'acknowledge', ALARM, null, null, 'seen', 0];
  life.core.intake.accept([{ records: [{ slot: EVENTS_SLOT, t, type: RecordType.act, body }] }]);
}

function recalled({ journal, core }: Life): Live {
  return recall(journal, core.deciding.alarms.list());
}

it('an alarm that stands after a start has its value and who acknowledged it, blocks later too', async () => {
  using place = new Place();
  {
    using life = await place.boot();
    life.read('probe-1/temperature', 50, 91);
    acknowledge(life);
    for (let i = 0; i < 3; i++) {
      life.blocks.seal();
      life.read('probe-1/temperature', 92);
    }
  }
  using life = await place.boot();
  expect(life.core.deciding.alarms.get(ALARM)?.state).toBe(AlarmState.acknowledged);
  const live = recalled(life);
  expect(live.acknowledged(ALARM)).toMatchObject({ actor: 1, role: 'operator' });
  expect(live.valueOf(ALARM)).toBe(91);
  expect(live.sealed?.size).toBe(life.journal.size());
  expect(live.readings).toBe(0);
});

it('an alarm that came back unacknowledged has nobody of the time before', async () => {
  using place = new Place();
  {
    using life = await place.boot();
    life.read('probe-1/temperature', 91);
    acknowledge(life);
    life.read('probe-1/temperature', 50, 50);
    life.blocks.seal();
    life.read('probe-1/temperature', 95);
  }
  using life = await place.boot();
  const live = recalled(life);
  expect(live.acknowledged(ALARM)).toBeNull();
  expect(live.valueOf(ALARM)).toBe(95);
});

it('a first start has nothing to recall', async () => {
  using place = new Place();
  using life = await place.boot();
  expect(recalled(life).sealed).toBeNull();
});
