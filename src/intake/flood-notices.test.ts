import { describe, expect, it } from 'vitest';
import { atRest } from '../alarms/standing.ts';
import { AlarmsState } from '../alarms/state.ts';
import type { OutboxEntry } from '../domain/commit.ts';
import { markInFlood } from './flood-notices.ts';

const CAUSE = { slot: 1, seq: 1 };

function alarmsAfter(rises: number): AlarmsState {
  const alarms = new AlarmsState();
  for (let i = 0; i < rises; i++) {
    alarms.note({ alarm: `p-${i}/t/warm`, rule: 'warm', from: 0, to: 1, priority: 2, t: i, cause: CAUSE });
  }
  alarms.put({ ...atRest('p-0/t/warm', 'warm', 2, 0, CAUSE), state: 1 });
  alarms.put({ ...atRest('p-1/t/warm', 'warm', 1, 0, CAUSE), state: 1 });
  return alarms;
}

function notice(alarm: string): { readonly outbox: OutboxEntry } {
  const body = { kind: 'notice', alarm, channel: 'mail', role: 'duty' } as const;
  return { outbox: { key: 'k', kind: 'notice', t: 1, expiry: 2, body } };
}

describe('a notice that is queued in a flood', () => {
  it('says so, and loses nothing', () => {
    const { outbox } = notice('p-0/t/warm');
    expect(markInFlood(alarmsAfter(11), { outbox })).toEqual({
      outbox: { ...outbox, body: { ...outbox.body, inFlood: true } },
    });
  });

  it('does not without a flood, nor when it is urgent', () => {
    const calm = notice('p-0/t/warm');
    expect(markInFlood(alarmsAfter(10), calm)).toBe(calm);
    const urgent = notice('p-1/t/warm');
    expect(markInFlood(alarmsAfter(11), urgent)).toBe(urgent);
  });

  it('is no order to a device: a siren sounds at once', () => {
    const body = { kind: 'command', id: 'i', device: 'siren', verb: 'on', arg: null, cause: CAUSE } as const;
    const order = { outbox: { key: 'k', kind: 'command', t: 1, expiry: 2, body } } as const;
    expect(markInFlood(alarmsAfter(11), order)).toBe(order);
  });
});
