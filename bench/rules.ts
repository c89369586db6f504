import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RecordType, type LogRecord } from '../src/domain/record.ts';
import { checkRules } from '../src/rules/check.ts';
import { judge } from '../src/rules/evaluate.ts';
import { bindRules, type RuleSet } from '../src/rules/rule-set.ts';
import { RulesState } from '../src/rules/state.ts';
import { temperatureStream } from './core-of-streams.ts';
import type { PartResult } from './figures.ts';
import { medianMs } from './repeated.ts';

const STREAMS = 200;
const RULE = {
  id: 'out-of-range',
  title: { en: 'Outside 2 to 8 °C', zh: '温度超限' },
  basis: 'bench',
  kind: 'limit',
  on: { quantity: 'temperature' },
  outside: ['2 °C', '8 °C'],
  deadband: '0.5 °C',
  'raise-after': '1 sample',
  'clear-after': '2 samples',
  priority: 'high',
};
const { outside: _limit, ...SHARED } = RULE;
const RATE = {
  ...SHARED,
  id: 'rising',
  kind: 'rate',
  rise: '2 °C',
  over: '10m',
  'raise-after': '0s',
};

/** Limit rules on readings that mostly change nothing, beside the two comparisons they come down to; and many at once. */
export function benchRules(quick: boolean): PartResult {
  const n = quick ? 200_000 : 1_000_000;
  const runs = quick ? 3 : 7;
  const set = bound([RULE], STREAMS);
  const records = readings(n, STREAMS);
  let findings = 0;
  const ms = medianMs(runs, () => {
    const state = new RulesState(set);
    for (const record of records) findings += judge(set, state, record).length;
    state.commit();
  });
  let outside = 0;
  const bare = medianMs(runs, () => {
    for (const { body } of records) if (Number(body[0]) > 800 || Number(body[0]) < 200) outside++;
  });
  return {
    part: 'rules',
    figures: [
      {
        name: 'limit evaluations',
        value: (n / ms) * 1000,
        unit: '/s',
        beside: { name: 'bare comparisons', value: (n / bare) * 1000 },
        target: { least: 1_000_000 },
      },
      ...many(quick),
      ...manyOnOne(quick),
    ],
    notes: [
      `median of ${runs} runs of ${n} readings of ${STREAMS} streams; ${findings / (runs + 1)} findings, ${outside / (runs + 1)} readings outside`,
    ],
  };
}

/** 8,000 rules, half of them with a window to remember: memory of each, set and state, after a day's readings. */
function many(quick: boolean): PartResult['figures'] {
  const rules = 8000;
  const streams = 4000;
  const before = heap();
  const set = bound([RULE, RATE], streams);
  const state = new RulesState(set);
  for (const record of readings(quick ? 40_000 : 400_000, streams)) judge(set, state, record);
  state.commit();
  const bytes = (heap() - before) / rules;
  // Both are in use to here, and with them what was measured.
  const { length } = [...set.instances, state.nextDeadline()];
  return [
    {
      name: `memory of one of ${length - 1} rules`,
      value: bytes,
      unit: 'bytes',
      beside: null,
      target: { most: 10_240 },
    },
  ];
}

/** 300 rules on one stream: share of a core that 500 readings a second take. */
function manyOnOne(quick: boolean): PartResult['figures'] {
  const rules = Array.from({ length: 300 }, (_, i) => ({ ...(i % 2 === 0 ? RULE : RATE), id: `r-${i}` }));
  const set = bound(rules, 1);
  const n = quick ? 2000 : 10_000;
  const records = readings(n, 1);
  const ms = medianMs(3, () => {
    const state = new RulesState(set);
    records.forEach((record, i) => {
      judge(set, state, record);
      if (i % 50 === 49) state.commit();
    });
  });
  return [
    {
      name: '300 rules on one stream, core at 500 readings/s',
      value: (ms / n) * 50,
      unit: '%',
      beside: null,
      target: { most: 15 },
    },
  ];
}

function bound(raw: readonly unknown[], count: number): RuleSet {
  const streams = Array.from({ length: count }, (_, i) => ({ ...temperatureStream(i + 1), slot: i + 1 }));
  const none = {
    zones: new Map(),
    routes: new Map(),
    actuators: new Map(),
    complete: true,
    isPending: () => false,
  };
  const checked = checkRules(raw, { streams, ...none });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return bindRules(checked.value, streams, none.zones);
}

/** Ten seconds apart on each stream; one in a thousand is outside. */
function readings(n: number, streams: number): LogRecord[] {
  return Array.from({ length: n }, (_, i): LogRecord => {
    const v = i % 1009 === 0 ? 900 : 300 + (i % 200);
    const seq = Math.floor(i / streams);
    const t = 1_767_225_600_000 + seq * 10_000 + (i % streams);
    return { slot: 1 + (i % streams), seq, t, type: RecordType.reading, body: [v, 0] };
  });
}

/** What is in use, without what only waits to be collected. */
function heap(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
