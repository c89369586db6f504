import { depotRule } from './depot.ts';

const AT_ONCE = { 'raise-after': '0s' };
const T = { stream: 'probe-1/temperature' };

/** A rule of each kind, and what looks at them. */
export const EVERY_KIND = [
  { kind: 'limit', on: T, above: 8, deadband: 1, ...AT_ONCE },
  { kind: 'silent', on: T, for: '5m' },
  { kind: 'state', on: { quantity: 'fence' }, is: 'on', ...AT_ONCE },
  { kind: 'state', on: { quantity: 'barrier' }, is: 'open', 'without-command': '15s', 'raise-after': '2s' },
  { kind: 'rate', on: T, rise: '1 °C', over: '10m', deadband: '0.5 °C', least: '2 samples', ...AT_ONCE },
  { kind: 'stuck', on: T, for: '3m', moved: '0.1 °C', ...AT_ONCE },
  { kind: 'stuck', on: T, jump: '1 °C', over: '1m', 'raise-after': '0s', 'clear-after': '2m' },
  { kind: 'exposure', on: T, above: '7 °C', sum: '4m' },
  { kind: 'exposure', on: T, above: '7 °C', single: '2m' },
  { kind: 'exposure', on: T, 'mean-kinetic': '7 °C', over: '5m', deadband: 0 },
  { kind: 'presence', on: { device: 'reader-1' }, lost: '1 tag', for: '3m', reference: 'ee', tags: '30*' },
  { kind: 'passage', on: { device: 'reader-1' }, from: 1, to: 2, within: '2m', 'clear-after': '1m' },
  { kind: 'weight', on: { quantity: 'weight' }, change: '1 %', least: '1 kg', settle: '1m', ...AT_ONCE },
  { kind: 'route', on: { quantity: 'speed' }, slower: '5 km/h', off: ['depot'], door: 'open', ...AT_ONCE },
  { kind: 'clock', step: '2s', 'clear-after': '1m' },
  {
    kind: 'feedback',
    on: { quantity: 'barrier' },
    after: { verb: 'barrier-open', within: '90s' },
    is: 'open',
  },
  { kind: 'differs', on: T, by: '1 °C', deadband: 0, ...AT_ONCE },
  { kind: 'due', on: T, act: 'calibrate', every: '7m' },
  { kind: 'due', on: { quantity: 'weight' }, every: '4m' },
  { kind: 'integrity', events: ['tail-broken'], 'clear-after': '2m' },
  { kind: 'integrity', changed: 'rules' },
  { kind: 'integrity', anchored: '6m' },
  { kind: 'stock', on: { zone: 'yard' }, check: 'declared', by: '1 %', 'clear-after': '0s' },
  { kind: 'release', steps: 'refused', 'clear-after': '2m' },
  {
    kind: 'expression',
    on: T,
    values: { w: { quantity: 'humidity' } },
    is: 'value > 8.0 || w > 50.0',
    ...AT_ONCE,
  },
  { kind: 'together', on: { zone: 'cold-1' }, of: ['r-0', 'r-4', 'r-6'], least: 2, within: '2m', ...AT_ONCE },
  {
    kind: 'limit',
    on: T,
    above: 8,
    deadband: 1,
    while: { on: { stream: 'fence-1/zone-1' }, is: 'on' },
    ...AT_ONCE,
  },
].map((rest, i) =>
  depotRule({ ...rest, id: `r-${i}`, 'on-unknown': { alarm: 'low', after: '3m', 'clear-after': '0s' } }),
);
