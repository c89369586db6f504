import { RecordType, type LogRecord } from '../src/domain/record.ts';
import { checkRules } from '../src/rules/check.ts';
import { judge } from '../src/rules/evaluate.ts';
import { bindRules } from '../src/rules/rule-set.ts';
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

/** Limit rules on readings that mostly change nothing, beside the two comparisons they come down to. */
export function benchRules(quick: boolean): PartResult {
  const n = quick ? 200_000 : 1_000_000;
  const runs = quick ? 3 : 7;
  const streams = Array.from({ length: STREAMS }, (_, i) => ({ ...temperatureStream(i + 1), slot: i + 1 }));
  const none = {
    zones: new Map(),
    routes: new Map(),
    actuators: new Map(),
    complete: true,
    isPending: () => false,
  };
  const checked = checkRules([RULE], { streams, ...none });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const set = bindRules(checked.value, streams, none.zones);
  const records = Array.from({ length: n }, (_, i): LogRecord => {
    const v = i % 1009 === 0 ? 900 : 300 + (i % 200);
    const seq = Math.floor(i / STREAMS);
    return { slot: 1 + (i % STREAMS), seq, t: 1_767_225_600_000 + i, type: RecordType.reading, body: [v, 0] };
  });
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
        target: null,
      },
    ],
    notes: [
      `median of ${runs} runs of ${n} readings of ${STREAMS} streams; ${findings / (runs + 1)} findings, ${outside / (runs + 1)} readings outside`,
    ],
  };
}
