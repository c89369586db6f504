import { describe, expect, it } from 'vitest';
import { limitRule, rule, SITE } from '../../test/rules/cold-store.ts';
import { REFUSALS } from '../../test/rules/refusals.ts';
import { plainRoute } from '../domain/calling.ts';
import { checkRules } from './check.ts';

const sorted = (...paths: string[]): string[] => paths.sort();

/** Where the problems of one rule are, sorted. */
function pathsOf(raw: unknown, site = SITE): string[] {
  const result = checkRules([raw], site);
  return result.ok ? [] : result.problems.map(({ path }) => path.slice(1).join('.')).sort();
}

/** The problems of rules as `path: message`. */
function problems(...raw: readonly unknown[]): string[] {
  const result = checkRules(raw, SITE);
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const DOOR_STREAM = SITE.streams.find(({ quantity }) => quantity === 'door')!;
const DOOR = rule({ kind: 'state', on: { quantity: 'door' }, is: 'open' });

function watch(id: string, dev: string, drives: string): unknown {
  return rule({ id, kind: 'state', on: { device: dev }, is: 'on', do: [{ light: drives }] });
}

describe('checking rules', () => {
  it('takes the rule of the design page', () => {
    const raw = limitRule({
      when: "zone.mode != 'defrost'",
      escalate: { after: '30m', to: 'urgent' },
      do: [{ siren: 'dock' }, { notify: 'cold-duty' }],
    });
    const result = checkRules([raw], SITE);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(result.value[0]?.alarm).toEqual({
      rule: 'warm',
      title: { en: 'Cold room above 8 °C', zh: '冷库超温' },
      basis: 'test',
      priority: 2,
      latch: false,
      escalate: { afterMs: 1_800_000, to: 1 },
    });
    expect(result.value[0]?.actions).toEqual([
      { kind: 'drive', device: 'dock', on: 'on', off: 'off', until: 'either', from: 4, expiryMs: 300_000 },
      { kind: 'notify', route: SITE.routes.get('cold-duty'), from: 4, expiryMs: 86_400_000 },
    ]);
  });

  it.each(REFUSALS)('refuses %s', (_, raw, message) => {
    expect(problems(raw)).toContain(message);
  });

  it('leaves out an optional rule that finds nothing here, but reads it all the same', () => {
    const nothing = { optional: true, on: { quantity: 'pressure' } };
    expect(checkRules([limitRule(nothing)], SITE)).toEqual({ ok: true, value: [] });
    expect(problems(limitRule({ ...nothing, above: 'x', do: [{ siren: 'dok' }] }))).toEqual([
      '0.do.0.siren.device: "dok" is not an actuator; did you mean "dock"?',
      '0.above: must be a number with or without a unit, such as 8 or 8 °C',
    ]);
    expect(problems(limitRule({ optional: 'yes' }))).toEqual(['0.optional: must be true or false']);
    const differs = rule({
      kind: 'differs',
      on: { zone: 'cold-*', quantity: 'temperature' },
      by: 3,
      deadband: 1,
    });
    expect(problems(differs)).toEqual([
      '0.from: names nothing beside probe-1/temperature in Cel; the rule could never speak',
    ]);
    expect(problems({ ...differs, optional: true })).toEqual([]);
  });

  it('refuses rules that would drive each other for ever', () => {
    const site = {
      ...SITE,
      streams: [
        ...SITE.streams,
        ...['lamp', 'dock'].map((dev) => ({
          ...DOOR_STREAM,
          id: `${dev}/light` as const,
          dev,
          quantity: 'light',
        })),
      ],
    };
    const loops = (...raw: unknown[]): unknown => {
      const result = checkRules(raw, site);
      return result.ok ? [] : result.problems.map(({ path, message }) => `${path.join('.')}: ${message}`);
    };
    expect(loops(watch('a', 'lamp', 'lamp'))).toEqual([
      '0.do: drives what is watched to drive it again (a → a): it could never clear; watch an input instead',
    ]);
    expect(loops(watch('a', 'lamp', 'dock'), watch('b', 'dock', 'lamp'))).toEqual([
      '0.do: drives what is watched to drive it again (a → b → a): it could never clear; watch an input instead',
    ]);
    expect(loops(watch('a', 'lamp', 'dock'), watch('b', 'door-1', 'lamp'))).toEqual([]);
  });

  it('refuses what is no list', () => {
    expect(checkRules({ rules: [] }, SITE)).toMatchObject({ ok: false, problems: [{ path: [] }] });
  });

  it('refuses an id that stands twice', () => {
    expect(problems(limitRule({}), limitRule({}))).toEqual([
      '1.id: is also the id of rule 1; each id stands once',
    ]);
    expect(checkRules([limitRule({})], SITE, new Set(['warm']))).toMatchObject({
      problems: [{ message: 'is also the id of a rule of another file; each id stands once' }],
    });
  });

  it('tells all that is wrong at once, with the value found', () => {
    const result = checkRules(
      [limitRule({ priority: 'hi', above: 'x' }), { ...DOOR, id: 'door', is: 'ajar', basis: 7 }],
      SITE,
    );
    expect(result.ok ? [] : result.problems.map(({ path, found }) => [path.join('.'), found])).toEqual([
      ['0.priority', 'hi'],
      ['0.above', 'x'],
      ['1.basis', '7'],
      ['1.is', 'ajar'],
    ]);
  });

  it('reads every field also when the streams, the kind or a level of the rule is wrong', () => {
    const wrong = { priority: 'hi', 'raise-after': 5, 'clear-after': 'soon' };
    const keys = Object.keys(wrong);
    expect(pathsOf(limitRule({ ...wrong, on: { stream: 'none/*' }, above: 'x' }))).toEqual(
      sorted('on', 'above', ...keys),
    );
    expect(pathsOf(limitRule({ ...wrong, on: 7, deadband: -1 }))).toEqual(sorted('on', 'deadband', ...keys));
    expect(pathsOf(limitRule({ ...wrong, kind: 'limt' }))).toEqual(sorted('kind', ...keys));
    const levels = [
      { priority: 'high', above: 'x', deadband: 1 },
      { priority: 'high', above: 9, deadband: 1 },
    ];
    const escalate = { after: '1m', to: 'low' };
    expect(pathsOf(limitRule({ levels, escalate, on: {} }))).toEqual([
      'escalate',
      'levels.0.above',
      'levels.1.priority',
      'on',
    ]);
    const partial = { ...SITE, complete: false, isPending: (name: string) => name === 'horn' };
    const siren = { siren: { device: 'horn', from: 'hi', expiry: 'x', until: 'y' } };
    expect(pathsOf(limitRule({ ...wrong, on: { stream: 'horn/*' }, do: [siren] }), partial)).toEqual(
      sorted('do.0.siren.expiry', 'do.0.siren.from', 'do.0.siren.until', ...keys),
    );
    expect(pathsOf(limitRule({ above: 8, outside: [2, 'x'] }))).toEqual(['above', 'outside']);
  });

  it.each([
    [{ device: 'horn' }, []],
    [{ stream: 'horn/state', zone: 'cold-1' }, []],
    [{ zone: 'cold-1', quantity: 'pressure' }, []],
    [{ device: 'hron' }, ['on']],
    [{ stream: 'hron/state' }, ['on']],
    [{ device: 'horn', zone: 'cold-9' }, ['on']],
  ])('with the device entry of a horn wrong, tells of names that nobody has: %j', (on, paths) => {
    const partial = { ...SITE, complete: false, isPending: (name: string) => name === 'horn' };
    expect(pathsOf(limitRule({ on }), partial)).toEqual(paths);
    const actions = { do: [{ siren: 'horn' }, { siren: 'hron' }] };
    expect(pathsOf(limitRule({ on, ...actions }), partial)).toEqual(['do.1.siren.device', ...paths]);
  });

  it('refuses names that make ids longer than a record takes', () => {
    const [first] = SITE.streams;
    if (first === undefined) throw new Error('no stream');
    const long = { ...first, id: `probe/${'x'.repeat(220)}` as const };
    const result = checkRules([limitRule({ on: { stream: 'probe/*' }, do: [{ siren: 'dock' }] })], {
      ...SITE,
      streams: [long],
    });
    expect(result.ok ? [] : result.problems.map((p) => p.message)).toEqual([
      `with stream ${long.id} makes an alarm or command id of more than 256 bytes`,
    ]);
  });

  it.each([
    [{ stream: 'probe-?/temperature' }, ['probe-1/temperature', 'probe-2/temperature']],
    [{ quantity: 'temperature', zone: 'cold-*' }, ['probe-1/temperature']],
    [{ label: { profile: 'gsp' }, quantity: 'temperature' }, ['probe-1/temperature', 'probe-2/temperature']],
    [{ label: { mode: 'run' }, device: 'probe-*', quantity: 't*' }, ['probe-1/temperature']],
    [{ stream: 'probe.1/temperature', quantity: '*' }, null],
  ])('selects by %j', (on, ids) => {
    const result = checkRules([limitRule({ on })], SITE);
    const selected = result.ok
      ? SITE.streams.filter((s) => result.value[0]?.on(s, SITE.zones)).map((s) => s.id)
      : null;
    expect(selected).toEqual(ids);
  });
});

describe('shelving', () => {
  it.each([
    ['never', 0],
    ['4h', 4 * 3_600_000],
    [undefined, undefined],
  ])('%s may last %s ms', (shelving, ms) => {
    const checkedRules = checkRules([limitRule({ shelving })], SITE);
    expect(checkedRules.ok && checkedRules.value[0]?.alarm.shelvingMs).toBe(ms);
  });

  it('is never under the profile gsp, for a temperature', () => {
    const three = { ...plainRoute('three', 'duty', ['sms']), smsAtOnce: 3 };
    const gsp = { ...SITE, profile: 'gsp', routes: new Map([['three', three]]) } as const;
    const told = { do: [{ notify: 'three' }] };
    const humid = { ...told, on: { quantity: 'humidity' }, above: 75, deadband: 3 };
    const result = checkRules([limitRule(told), limitRule({ ...humid, id: 'humid' })], gsp);
    // Each with the alarm that tells of its silence.
    expect(result.ok && result.value.map((r) => r.alarm.shelvingMs)).toEqual([0, 0, undefined, undefined]);
    const refused = checkRules([limitRule({ ...told, shelving: '2h' })], gsp);
    expect(refused.ok ? [] : refused.problems.map((p) => p.message)).toEqual([
      'must be never: under the profile gsp a temperature is not shelved',
    ]);
  });
});
