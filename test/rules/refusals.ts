import { limitRule, rule } from './cold-store.ts';

const SILENT = rule({ kind: 'silent', for: '3m', 'raise-after': undefined });
const DOOR = rule({ kind: 'state', on: { quantity: 'door' }, is: 'open' });

const STOCK = {
  ...limitRule({}),
  kind: 'stock',
  on: { zone: 'cold-1' },
  above: undefined,
  deadband: undefined,
  'raise-after': undefined,
};

/** A rule with one thing wrong, and the problem that must be told of it. */
export const REFUSALS: readonly (readonly [what: string, raw: unknown, problem: string])[] = [
  ['no mapping', 'warm', '0: must be a mapping of keys to values'],
  ['a mistyped key', limitRule({ abve: 8 }), '0.abve: "abve" is not a key here; did you mean "above"?'],
  [
    'a key of another kind',
    limitRule({ for: '3m' }),
    '0.for: "for" is not a key here; known: id, title, basis, kind, on, levels, latch, escalate, when, on-unknown, on-late, optional, …',
  ],
  [
    'a mistyped kind',
    limitRule({ kind: 'limt' }),
    '0.kind: "limt" is not a kind of rule; did you mean "limit"?',
  ],
  [
    'a kind that is not there',
    limitRule({ kind: 'weather' }),
    '0.kind: "weather" is not a kind of rule; known: limit, rate, silent, stuck, exposure, state, presence, passage, weight, route, together, clock, …',
  ],
  [
    'no id',
    limitRule({ id: undefined }),
    '0.id: is missing; expected a name of this rule, such as cold-room-warm',
  ],
  [
    'an id with blanks',
    limitRule({ id: 'Cold Room' }),
    '0.id: must be small letters, digits and "-", at most 48, a letter first',
  ],
  [
    'a title in one language',
    limitRule({ title: { en: 'Warm' } }),
    '0.title.zh: is missing; expected the Chinese title',
  ],
  [
    'a shelving that has no end',
    limitRule({ shelving: 'always' }),
    '0.shelving: must be a time such as 30s, 5m or 1h',
  ],
  ['no basis', limitRule({ basis: '' }), '0.basis: must be why this rule exists, e.g. the clause it follows'],
  [
    'no priority',
    limitRule({ priority: undefined }),
    '0.priority: is missing; expected one of urgent, high, medium, low',
  ],
  [
    'a mistyped priority',
    limitRule({ priority: 'hihg' }),
    '0.priority: must be a priority; did you mean "high"?',
  ],
  [
    'no delay to clear',
    limitRule({ 'clear-after': undefined }),
    '0.clear-after: is missing; expected a time or a count, such as 0s, 5m or 3 samples: each set-point has both delays',
  ],
  [
    'a delay without a unit',
    limitRule({ 'raise-after': 5 }),
    '0.raise-after: must be a time such as 30s, 5m or 1h',
  ],
  ['a delay of years', limitRule({ 'raise-after': '400d' }), '0.raise-after: must be at most 366d'],
  ['no samples', limitRule({ 'raise-after': '0 samples' }), '0.raise-after: must be from 1 to 1000 samples'],
  [
    'no deadband',
    limitRule({ deadband: undefined }),
    '0.deadband: is missing; expected how far back inside a value must be to clear, such as 0.5',
  ],
  ['a negative deadband', limitRule({ deadband: -1 }), '0.deadband: must not be negative'],
  [
    'no limit',
    limitRule({ above: undefined }),
    '0.above: is missing; expected a limit: above, below, outside or inside',
  ],
  [
    'two forms of limit',
    limitRule({ outside: [2, 8] }),
    '0.above: cannot stand beside outside; keep one of them',
  ],
  [
    'below greater than above',
    limitRule({ below: 9 }),
    '0.below: is greater than above (8): every value would raise',
  ],
  [
    'a pair turned round',
    limitRule({ above: undefined, outside: [8, 2] }),
    '0.outside: must have the lower limit first',
  ],
  ['half a pair', limitRule({ above: undefined, outside: [8] }), '0.outside: must be a pair [low, high]'],
  [
    'a deadband as wide as the band',
    limitRule({ above: undefined, outside: [2, 8], deadband: 3.1 }),
    '0.deadband: is as wide as the band: the alarm could never clear',
  ],
  ['another unit', limitRule({ above: '8 %' }), '0.above: is in %, but stream probe-1/temperature is in Cel'],
  [
    'an unknown unit',
    limitRule({ above: '8 furlongs' }),
    '0.above: must be a number with or without a unit, such as 8 or 8 °C',
  ],
  [
    'no unit over two units',
    limitRule({ on: { device: 'probe-1' } }),
    '0.above: needs a unit: the rule selects streams in Cel and %',
  ],
  [
    'a limit out of range',
    limitRule({ above: 99_999_999_999_999 }),
    '0.above: is beyond what stream probe-1/temperature can hold (exponent -2)',
  ],
  [
    'a deadband out of range',
    limitRule({ above: -90_071_992_547_400, deadband: 100 }),
    '0.deadband: leads beyond what stream probe-1/temperature can hold (exponent -2)',
  ],
  [
    'no selector',
    limitRule({ on: undefined }),
    '0.on: is missing; expected a selector of stream, device, zone, quantity, label',
  ],
  [
    'an empty selector',
    limitRule({ on: {} }),
    '0.on: names nothing; give one or more of stream, device, zone, quantity, label',
  ],
  [
    'a mistyped selector',
    limitRule({ on: { zones: 'cold-*' } }),
    '0.on.zones: "zones" is not a key here; did you mean "zone"?',
  ],
  [
    'a selector of nothing',
    limitRule({ on: { zone: 'cold-9' } }),
    '0.on: names no stream; there are probe-1/temperature (temperature in cold-1), probe-1/humidity (humidity in cold-1), door-1/contact (door in cold-1), probe-2/temperature (temperature in store-1)',
  ],
  [
    'a bad pattern',
    limitRule({ on: { zone: '(cold' } }),
    '0.on.zone: must be a name or a pattern with * and ?, such as cold-*',
  ],
  [
    'a guard with a type error',
    limitRule({ when: 'zone.mode > 1' }),
    '0.when: no such overload: string > int (at line 1, column 1 of the expression)',
  ],
  [
    'a guard that fails',
    limitRule({ when: '1 / (stream.id.size() - 19) == 0' }),
    '0.when: fails on stream probe-1/temperature: division by zero',
  ],
  [
    'an escalation that leads nowhere',
    limitRule({ escalate: { after: '30m', to: 'high' } }),
    '0.escalate: must lead to a higher priority than the rule begins with',
  ],
  [
    'an escalation at once',
    limitRule({ escalate: { after: '0s', to: 'urgent' } }),
    '0.escalate.after: must be at least 1ms',
  ],
  [
    'two levels of one priority',
    limitRule({ levels: [{ priority: 'high' }, { priority: 'high', above: 9 }] }),
    '0.levels.1.priority: stands twice; each level has its own priority',
  ],
  [
    'a mistyped key in a level',
    limitRule({ levels: [{ priorty: 'high' }] }),
    '0.levels.0.priorty: "priorty" is not a key here; did you mean "priority"?',
  ],
  ['no levels', limitRule({ levels: [] }), '0.levels: must be a list with one entry for each priority'],
  [
    'an unknown actuator',
    limitRule({ do: [{ siren: 'dok' }] }),
    '0.do.0.siren.device: "dok" is not an actuator; did you mean "dock"?',
  ],
  [
    'an actuator that cannot',
    limitRule({ do: [{ relay: 'shutter' }] }),
    '0.do.0.relay.device: "shutter" does not take the verbs relay-on and relay-off, or on and off; it takes open',
  ],
  [
    'one output twice',
    limitRule({ do: [{ siren: 'dock' }, { notify: 'cold-duty' }, { light: 'dock' }] }),
    '0.do.2: asks for on of "dock", as action 1 of this rule does; leave one out, or put the other in a rule of its own',
  ],
  [
    'the same people twice',
    limitRule({ do: [{ notify: 'cold-duty' }, { notify: { route: 'cold-duty', from: 'high' } }] }),
    '0.do.1: asks for notify "cold-duty" (duty), as action 1 of this rule does; leave one out',
  ],
  [
    'two pictures of one camera',
    limitRule({ do: [{ snapshot: 'eye' }, { snapshot: { device: 'eye', from: 'high' } }] }),
    '0.do.1: asks for snapshot of "eye", as action 1 of this rule does; leave one out',
  ],
  [
    'a snapshot of what is no camera',
    limitRule({ do: [{ snapshot: 'dock' }] }),
    '0.do.0.snapshot.device: "dock" takes no pictures; it takes on, off',
  ],
  [
    'an unknown route',
    limitRule({ do: [{ notify: 'cold-dutty' }] }),
    '0.do.0.notify.route: "cold-dutty" is not a route or notification channel; did you mean "cold-duty"?',
  ],
  [
    'an unknown action',
    limitRule({ do: [{ siern: 'dock' }] }),
    '0.do.0.siern: "siern" is not a key here; did you mean "siren"?',
  ],
  [
    'two actions in one',
    limitRule({ do: [{ siren: 'dock', notify: 'manager' }] }),
    '0.do.0: must have exactly one of siren, light, relay, snapshot, lock, notify',
  ],
  [
    'a mistyped until',
    limitRule({ do: [{ siren: { device: 'dock', until: 'acknowledge' } }] }),
    '0.do.0.siren.until: must be one of acknowledged, cleared, either; did you mean "acknowledged"?',
  ],
  [
    'a word for on-unknown',
    limitRule({ 'on-unknown': 'panic' }),
    '0.on-unknown: must be tell, ignore or { alarm: …, after: …, clear-after: … }',
  ],
  [
    'a word for on-late',
    limitRule({ 'on-late': 'panic' }),
    '0.on-late: must be tell, ignore or { alarm: … }',
  ],
  [
    'an alarm of no priority for what is late',
    limitRule({ 'on-late': { alarm: 'loud' } }),
    '0.on-late.alarm: must be a priority; known: urgent, high, medium, low',
  ],
  [
    'half an on-unknown',
    limitRule({ 'on-unknown': { alarm: 'low', after: '2m' } }),
    '0.on-unknown.clear-after: is missing; expected a time or a count, such as 0s, 5m or 3 samples: each set-point has both delays',
  ],
  [
    'a silence without a length',
    { ...SILENT, for: undefined },
    '0.for: is missing; expected a time or a count, such as 3m or 3 cadences',
  ],
  ['a silence of no cadences', { ...SILENT, for: '0 cadences' }, '0.for: must be from 1 to 10000 cadences'],
  [
    'a silence with a raise delay',
    { ...SILENT, 'raise-after': '3m' },
    '0.raise-after: does not apply here; this kind waits by its own for',
  ],
  [
    'no state',
    { ...DOOR, is: undefined },
    '0.is: is missing; expected a state such as open, or a list of whole numbers',
  ],
  [
    'an unknown state',
    { ...DOOR, is: 'opne' },
    '0.is: must be a state word or a whole number; did you mean "open"?',
  ],
  [
    'a state of a measurement',
    { ...DOOR, on: { quantity: 'humidity' } },
    '0.is: is a state, but stream probe-1/humidity measures in %',
  ],
  ['a latch that is no flag', limitRule({ latch: 'yes' }), '0.latch: must be true or false'],
  ['a stock without its question', STOCK, '0.check: must be one of count, floor, declared'],
  [
    'a stock with the figure of another',
    { ...STOCK, check: 'count', apart: '5m', below: '105 %' },
    '0.below: has no meaning beside check: count',
  ],
  [
    'a floor that clears while it raises',
    { ...STOCK, check: 'floor', below: '105 %', back: '100 %' },
    '0.back: is less than below: it would clear while it raises',
  ],
  [
    'a share that is none',
    { ...STOCK, check: 'declared', by: '3 kg' },
    '0.by: must be a share such as 0.5 %',
  ],
];
