import { describe, expect, it } from 'vitest';
import { DEPOT, DEPOT_STREAMS, depotRule } from '../../test/rules/depot.ts';
import {
  beyond,
  both,
  exposed,
  rising,
  silence,
  type Interval,
  type Sample,
} from '../../test/rules/naive.ts';
import { Timeline, type Outcome } from '../../test/rules/timeline.ts';
import { FindingPhase, RecordType, type LogRecord } from '../domain/record.ts';
import { checkRules } from './check.ts';
import { bindRules } from './rule-set.ts';

const M = 60_000;
const H = 60 * M;
const START = Date.UTC(2027, 0, 1);
const END = Date.UTC(2028, 0, 1);
const EVERY = 5 * M;
const GAP = 15 * M;
const T = 'probe-1/temperature';
const DOOR = 'door-1/contact';

const STREAMS = DEPOT_STREAMS.filter(({ id }) => id === T || id === DOOR).map((s) => ({
  ...s,
  cadenceMs: EVERY,
  maxGapMs: GAP,
}));
const RULES = [
  { id: 'warm', kind: 'limit', above: 8, deadband: 0.5, 'raise-after': '12m', 'clear-after': '1 sample' },
  { id: 'silent', kind: 'silent', for: '22m', 'clear-after': '1 sample' },
  { id: 'exposed', kind: 'exposure', 'at-least': '8 °C', sum: '20h' },
  { id: 'rising', kind: 'rate', rise: '1.3777 °C', over: '1h', deadband: '0.7333 °C', 'raise-after': '0s' },
  {
    id: 'door',
    kind: 'state',
    on: { stream: DOOR },
    is: 'open',
    'raise-after': '7m',
    'clear-after': '1 sample',
  },
  {
    id: 'open-and-warm',
    kind: 'together',
    on: { zone: 'cold-1' },
    of: ['warm', 'door'],
    least: 2,
    'raise-after': '0s',
  },
].map((rest) => depotRule({ on: { stream: T }, ...rest }));

/** The same numbers for ever (mulberry32). */
function randomness(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A year of a cold room whose door is left open now and then, and whose probe fails now and then. */
function year(random: () => number): { readonly room: Sample[]; readonly door: Sample[] } {
  const room: Sample[] = [];
  const door: Sample[] = [];
  let [warmth, isOpen, outage] = [0, false, 0];
  for (let t = START; t < END; t += EVERY) {
    if (random() < (isOpen ? 0.2 : 0.01)) isOpen = !isOpen;
    door.push({ t: t + 7, v: random() < 0.002 ? null : isOpen ? 1 : 0 });
    warmth += isOpen ? 0.25 * random() : -0.2 * warmth;
    if (outage > 0) outage -= 1;
    else if (random() < 0.0005) outage = Math.ceil(random() * 40);
    if (outage > 0) continue;
    const season = 1.2 * Math.sin((2 * Math.PI * (t - START)) / (END - START));
    const day = 0.8 * Math.sin((2 * Math.PI * (t % (24 * H))) / (24 * H));
    const v = Math.round(100 * (5.5 + season + day + warmth + random() - 0.5));
    // Clocks of probes are not exact either.
    room.push({ t: t + Math.floor(random() * 20_000) + 1000, v: random() < 0.003 ? null : v });
  }
  return { room, door };
}

function journal({ room, door }: ReturnType<typeof year>): LogRecord[] {
  const told = STREAMS.flatMap(({ id, slot }) =>
    (id === T ? room : door).map(({ t, v }, seq): LogRecord => {
      return { slot, seq, t, type: RecordType.reading, body: [v, 0] };
    }),
  );
  return told.sort((a, b) => a.t - b.t || a.slot - b.slot);
}

/** What the rules found: intervals by rule. */
function intervalsOf(outcomes: readonly Outcome[]): Map<string, Interval[]> {
  const found = new Map<string, Interval[]>(RULES.map((rule) => [String(rule['id']), []]));
  for (const outcome of outcomes) {
    if (outcome.is !== 'finding') continue;
    const { rule, phase, t } = outcome.finding;
    const list = found.get(rule);
    if (phase === FindingPhase.opened) list?.push({ from: t, to: null });
    const last = list?.at(-1);
    if (phase === FindingPhase.closed && last !== undefined) list?.splice(-1, 1, { from: last.from, to: t });
  }
  return found;
}

describe('a year of a simulated site', () => {
  it('has the findings that its whole history shows, also through three hundred restarts', () => {
    const checked = checkRules(RULES, { ...DEPOT, streams: STREAMS });
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    const random = randomness(5);
    const history = year(random);
    let line = new Timeline(bindRules(checked.value, STREAMS, DEPOT.zones));
    const outcomes: Outcome[] = [];
    for (const record of journal(history)) {
      outcomes.push(...line.take(record));
      if (random() < 0.0015) line = line.restart();
      line.commit();
    }
    outcomes.push(...line.passTime(END));

    const { room, door } = history;
    const warm = beyond(
      room,
      (v) => v > 800,
      (v) => v <= 750,
      12 * M,
      END,
    );
    const open = beyond(
      door,
      (v) => v === 1,
      (v) => v === 0,
      7 * M,
      END,
    );
    const expected = new Map([
      ['warm', warm],
      ['silent', silence(room, 22 * M, END)],
      ['exposed', exposed(room, (v) => v >= 800, 20 * H, GAP)],
      ['rising', rising(room, H, 137.77, 137.77 - 73.33)],
      ['door', open],
      ['open-and-warm', both(warm, open)],
    ]);
    const found = intervalsOf(outcomes);
    for (const [rule, intervals] of expected) expect([rule, found.get(rule)]).toEqual([rule, intervals]);
    // It was a year in which something happened.
    expect([...expected].map(([rule, { length }]) => [rule, length > (rule === 'exposed' ? 0 : 20)])).toEqual(
      [...expected.keys()].map((rule) => [rule, true]),
    );
  });
});
