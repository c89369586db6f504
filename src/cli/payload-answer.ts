import type { Source } from '../config/source.ts';
import type { Sample, SampleProblem } from '../devices/sample.ts';
import type { Text } from '../domain/alarm.ts';
import type { Problem } from '../domain/errors.ts';
import { formatScaled } from '../domain/units.ts';
import { problemLine } from '../config/describe.ts';
import type { Context } from './context.ts';
import { shownValue } from './device-words.ts';
import { shown } from './inputs.ts';

/** So much of what a map does not use is shown to a person; a program gets it all. */
const MOST_SHOWN = 20;

type Answer = ReturnType<typeof answerOf>;

/** What a sample came to, for a program. */
export function answerOf(sample: Sample, source: Source, file: string) {
  return {
    ok: sample.problems.length === 0,
    map: source.file,
    as: sample.as,
    readings: sample.readings.map(({ stream, reading, from }) => ({
      channel: stream.ch,
      quantity: stream.quantity,
      value: reading.v === null ? null : formatScaled(reading.v, stream.exp),
      unit: stream.unit,
      quality: reading.q,
      sourceTime: reading.sourceAt === undefined ? null : shown(reading.sourceAt),
      from,
    })),
    health: sample.health,
    absent: sample.absent,
    unused: sample.unused,
    problems: sample.problems.map((p) => problemOf(p, source, file)),
  };
}

/** A problem with its place: line and column of the map, or of the sample. */
function problemOf(problem: SampleProblem, source: Source, file: string): Problem {
  const { message } = problem;
  if (problem.in === 'map') {
    const { path } = problem;
    return { path, message, file: source.file, ...source.place(path, 'value') };
  }
  const column = problem.column === null ? {} : { column: problem.column };
  return { path: [], message, file, line: problem.line, ...column };
}

const NAMES = {
  map: { en: 'map', zh: '映射' },
  as: { en: 'read as', zh: '读取为' },
  device: { en: 'the device says of itself', zh: '设备自报状态' },
  absent: { en: 'not in the sample', zh: '样例中没有' },
  unused: { en: 'not used', zh: '未使用' },
  more: { en: 'more', zh: '项未列出' },
  problems: { en: 'not taken', zh: '未被接收' },
  nothing: { en: 'no reading', zh: '没有读数' },
  well: { en: 'well', zh: '正常' },
} as const satisfies Readonly<Record<string, Text>>;

/** For a person: the readings, then what was left, then what is wrong. */
export function describeSample(answer: Answer, sample: Sample, context: Context): string {
  const say = (name: keyof typeof NAMES): string => context.say(NAMES[name]);
  const width = Math.max(0, ...sample.readings.map((r) => r.stream.ch.length));
  const readings = sample.readings.map(({ stream, reading, from }) => {
    const at = reading.sourceAt === undefined ? '' : `  ${shown(reading.sourceAt)}`;
    return `  ${stream.ch.padEnd(width)}  ${shownValue(reading, stream, context)}${at}  < ${from}`;
  });
  const health = sample.health.map((h) => `  ${h.healthy ? say('well') : h.reason}`);
  const unused = sample.unused.slice(0, MOST_SHOWN).map(({ path, value }) => `  ${path} = ${value}`);
  const left = sample.unused.length - unused.length;
  const section = (title: keyof typeof NAMES, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [`${say(title)}:`, ...lines];
  return [
    `${say('map')}: ${answer.map}`,
    ...(answer.as === '' ? [] : [`${say('as')}: ${answer.as}`]),
    ...(readings.length + health.length === 0 ? [say('nothing')] : readings),
    ...section('device', health),
    ...section(
      'absent',
      sample.absent.map((path) => `  ${path}`),
    ),
    ...section('unused', left > 0 ? [...unused, `  … ${left} ${say('more')}`] : unused),
    ...section(
      'problems',
      answer.problems.map((p) => `  ${problemLine(p, '')}`),
    ),
  ].join('\n');
}
