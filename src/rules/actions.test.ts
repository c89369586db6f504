import { describe, expect, it } from 'vitest';
import { checked, limitRule, SITE, STREAMS } from '../../test/rules/cold-store.ts';
import { lines, Records, Timeline, type Outcome } from '../../test/rules/timeline.ts';
import { bindRules } from './rule-set.ts';

const M = 60_000;
const WARM = 'probe-1/temperature/warm';
const MOIST = 'probe-1/humidity/moist';

function timeline(...raw: readonly unknown[]): Timeline {
  return new Timeline(bindRules(checked(raw), STREAMS, SITE.zones));
}

function actions(outcomes: readonly Outcome[]): string[] {
  return lines(outcomes.filter((outcome) => outcome.is === 'action'));
}

describe('the actions of an alarm', () => {
  it('are records and outbox entries with ids that name their cause', () => {
    const line = timeline(
      limitRule({
        do: [{ siren: 'dock' }, { notify: { route: 'manager', role: 'supervisor', expiry: '1h' } }],
      }),
    );
    const out = line
      .take(new Records().reading(1, 5, 900))
      .flatMap((o) => (o.is === 'action' ? [o.draft] : []));
    const id = `${WARM} dock on 1.0.2`;
    expect(out).toEqual([
      {
        t: 5,
        type: 8,
        body: [id, 'dock', 'on', null, 1, 0, 300_005, 0],
        outbox: {
          key: id,
          kind: 'command',
          t: 5,
          expiry: 300_005,
          body: { kind: 'command', id, device: 'dock', verb: 'on', arg: null, cause: { slot: 1, seq: 0 } },
        },
      },
      {
        t: 5,
        type: 15,
        body: [WARM, 'manager', 'supervisor', 1, 0],
        outbox: {
          key: `${WARM} manager supervisor 1.0.2`,
          kind: 'notice',
          t: 5,
          expiry: 3_600_005,
          body: { kind: 'notice', alarm: WARM, channel: 'manager', role: 'supervisor' },
        },
      },
    ]);
  });

  it.each([
    ['either', ['5 dock on', '20 dock off']],
    ['acknowledged', ['5 dock on', '20 dock off']],
    ['cleared', ['5 dock on', '30 dock off']],
  ])('end at the acknowledgement or the clear: until %s', (until, expected) => {
    const line = timeline(limitRule({ do: [{ siren: { device: 'dock', until } }] }));
    const records = new Records();
    const out = [
      records.reading(1, 5, 900),
      records.act(20, 'acknowledge', WARM),
      records.reading(1, 30, 100),
    ];
    expect(drives(out.flatMap((r) => line.take(r)))).toEqual(expected);
  });

  it.each([
    ['either', ['5 dock on', '20 dock off']],
    ['acknowledged', ['5 dock on', '30 dock off']],
    ['cleared', ['5 dock on', '20 dock off']],
  ])('end where the alarm clears first: until %s', (until, expected) => {
    const line = timeline(limitRule({ do: [{ siren: { device: 'dock', until } }] }));
    const records = new Records();
    const out = [
      records.reading(1, 5, 900),
      records.reading(1, 20, 100),
      records.act(30, 'acknowledge', WARM),
    ];
    expect(drives(out.flatMap((r) => line.take(r)))).toEqual(expected);
  });

  it('keep a siren on while another alarm wants it', () => {
    const moist = { id: 'moist', on: { quantity: 'humidity' }, above: 75 };
    const line = timeline(
      limitRule({ do: [{ siren: 'dock' }] }),
      limitRule({ ...moist, do: [{ siren: 'dock' }] }),
    );
    const records = new Records();
    const out = [
      records.reading(1, 1, 900),
      records.reading(2, 2, 900),
      records.act(3, 'acknowledge', WARM),
      records.act(4, 'acknowledge', MOIST),
    ];
    expect(drives(out.flatMap((r) => line.take(r)))).toEqual(['1 dock on', '2 dock on', '4 dock off']);
  });

  it('do not wait for an alarm too mild to want the siren', () => {
    const moist = { id: 'moist', on: { quantity: 'humidity' }, above: 75, priority: 'medium' };
    const mild = limitRule({ ...moist, do: [{ siren: { device: 'dock', from: 'high' } }] });
    const line = timeline(limitRule({ do: [{ siren: 'dock' }] }), mild);
    const records = new Records();
    const out = [records.reading(2, 1, 900), records.reading(1, 2, 900), records.act(3, 'acknowledge', WARM)];
    expect(drives(out.flatMap((r) => line.take(r)))).toEqual(['2 dock on', '3 dock off']);
  });

  it('call again at an escalation, and only those whose priority it is', () => {
    const todo = [
      { siren: { device: 'dock', from: 'urgent' } },
      { notify: 'cold-duty' },
      { notify: { route: 'cold-duty', role: 'supervisor', from: 'urgent' } },
    ];
    const line = timeline(limitRule({ escalate: { after: '30m', to: 'urgent' }, do: todo }));
    const records = new Records();
    const out = [...line.take(records.reading(1, 0, 900)), ...line.passTime(30 * M)];
    out.push(...line.take(records.act(31 * M, 'acknowledge', WARM)));
    expect(actions(out)).toEqual([
      `0 notice ${WARM} cold-duty duty 1.0.2`,
      `1800000 command ${WARM} dock on 1.0.1`,
      `1800000 notice ${WARM} cold-duty duty 1.0.1`,
      `1800000 notice ${WARM} cold-duty supervisor 1.0.1`,
      `1860000 command ${WARM} dock off 0.0.1`,
    ]);
  });

  it('switch off what a removed rule may have left on, unless another alarm wants it', () => {
    const hot = limitRule({ id: 'hot', above: 8.5, do: [{ siren: 'dock' }, { light: 'lamp' }] });
    const line = timeline(limitRule({ do: [{ siren: 'dock' }] }), hot);
    const records = new Records();
    line.take(records.reading(1, 1, 820));
    const without = bindRules(checked([hot]), STREAMS, SITE.zones);
    expect(drives(line.restart(without).take(records.ruleSet(2)))).toEqual(['2 dock off', '2 lamp off']);
    line.take(records.reading(1, 3, 900));
    expect(drives(line.restart(without).take(records.ruleSet(4)))).toEqual([]);
  });

  it('go off when the stream of a standing alarm is gone', () => {
    const raw = limitRule({ on: { quantity: 'temperature' }, do: [{ siren: 'dock' }] });
    const line = timeline(raw);
    const records = new Records();
    line.take(records.reading(1, 1, 900));
    const without = bindRules(checked([raw]), STREAMS.slice(1), SITE.zones);
    expect(drives(line.restart(without).take(records.ruleSet(2)))).toEqual(['2 dock off']);
  });

  it('take a picture at each call, and nothing when it is over', () => {
    const todo = [{ snapshot: { device: 'eye', expiry: '10s' } }];
    const line = timeline(limitRule({ escalate: { after: '30m', to: 'urgent' }, do: todo }));
    const records = new Records();
    const out = [...line.take(records.reading(1, 0, 900)), ...line.passTime(30 * M)];
    out.push(
      ...line.take(records.act(31 * M, 'acknowledge', WARM)),
      ...line.take(records.reading(1, 32 * M, 1)),
    );
    expect(drives(out)).toEqual(['0 eye snapshot', '1800000 eye snapshot']);
    const expiries = out.flatMap((o) =>
      o.is === 'action' ? [(o.draft.outbox?.expiry ?? 0) - o.draft.t] : [],
    );
    expect(expiries).toEqual([10_000, 10_000]);
  });

  it('have ids of their own each time', () => {
    const line = timeline(limitRule({ do: [{ siren: 'dock' }, { notify: 'manager' }] }));
    const records = new Records();
    const out = [900, 100, 900, 100, 900].flatMap((v, i) => line.take(records.reading(1, i, v)));
    const keys = out.flatMap((o) => (o.is === 'action' ? [o.draft.outbox?.key] : []));
    expect(keys).toHaveLength(8);
    expect(new Set(keys).size).toBe(8);
  });
});

function drives(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap((outcome) => {
    if (outcome.is !== 'action' || outcome.draft.outbox?.body.kind !== 'command') return [];
    const { device, verb } = outcome.draft.outbox.body;
    return [`${outcome.draft.t} ${device} ${verb}`];
  });
}
