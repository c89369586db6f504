import { expect, it } from 'vitest';
import { alarmFigures } from '../alarms/figures.ts';
import { describeFigures } from './figures-text.ts';

const HOUR = 3_600_000;
const window = { from: Date.UTC(2026, 10, 3), to: Date.UTC(2026, 10, 4), operators: 2 };
const { from } = window;
const figures = alarmFigures(
  [],
  [
    { t: from + 1, type: 5, body: ['p/t/warm', 0, 1, 2, 1, 1] },
    { t: from + 600_001, type: 6, body: [2, 'operator', 'acknowledge', 'p/t/warm', null, 'seen', '', 0] },
    { t: from + 600_001, type: 5, body: ['p/t/warm', 1, 2, 2, 1, 1] },
    { t: from + 2 * HOUR, type: 5, body: ['p/t/old', 0, 1, 3, 1, 1] },
  ],
  window,
);

it('tells the figures beside what is aimed at, in two languages', () => {
  expect(describeFigures(figures, 'en').split('\n')).toEqual([
    '2026-11-03T00:00:00.000Z … 2026-11-04T00:00:00.000Z',
    'Alarms that called: 2, 0.08 an hour, 0.04 an hour for each of 2 operators (aim: about 6, at most 12)',
    'Busiest hour: 1; most in 10 minutes: 1',
    'Floods (more than 10 in 10 minutes): 0, together 0 s',
    'By priority: urgent 0 % (aim 5 %), high 50 % (15 %), medium and low 50 % (80 %)',
    'Acknowledged: 1, median 10 min, 95 % within 10 min; still calling: 1',
    'Set aside: 0 shelved, 0 suppressed, 0 out of service (acts: 0 shelvings, 0 maintenances, 0 taken out)',
    'Standing: 2. Stale (more than 24 h):',
    '  none',
    'Chattering (3 within a minute):',
    '  none',
    'Most frequent:',
    '      1    50 %  p/t/old',
    '      1    50 %  p/t/warm',
  ]);
  const chinese = describeFigures(figures, 'zh');
  expect(chinese).toContain('已确认：1 次，中位用时 10 分钟，95 % 在 10 分钟 内；仍在呼叫：1');
  expect(chinese).toContain('按优先级：紧急 0 %（目标 5 %），高 50 %（15 %），中与低 50 %（80 %）');
});
