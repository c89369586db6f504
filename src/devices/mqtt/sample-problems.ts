import type { Refusal } from '../../domain/device.ts';
import type { SampleProblem } from '../sample.ts';
import { compilePath, textOf } from './json-path.ts';
import type { MappedDevice } from './mapped-device.ts';
import type { Draft, Message } from './message.ts';
import { fill, type ProfileMessage } from './profile.ts';
import { TIME_FORMS } from './time-field.ts';

/** The place in the map that a refusal speaks of. */
export function placedProblem(
  { stream, detail }: Refusal,
  m: ProfileMessage,
  i: number,
  device: MappedDevice,
  message: Message,
): SampleProblem {
  if (!message.json.ok && detail === message.json.reason) return brokenJson(detail, message);
  const at = (...path: (string | number)[]): SampleProblem => {
    return { in: 'map', path: ['messages', i, ...path], message: `${detail}${hintOf(detail)}` };
  };
  const startsWith = (text: string) => detail.startsWith(`${fill(text, device.words)} `);
  if (stream !== null) {
    const j = m.values.findIndex((v) => stream === `${device.id}/${v.channel}` && startsWith(v.path));
    return at('values', Math.max(j, 0), 'path');
  }
  const requirement = m.require.findIndex((r) => detail.startsWith(`${r.path} is `));
  if (requirement !== -1) return at('require', requirement, 'equals');
  const decoded = m.binary?.require.findIndex((r) => detail.startsWith(`${r.path} is `)) ?? -1;
  if (decoded !== -1) return at('binary', 'require', decoded, 'equals');
  if (detail.startsWith('port is ')) return at('binary', 'port', 'is');
  if (detail.startsWith(`${m.binary?.data} is `)) return at('binary', 'data');
  if (detail.startsWith(`${m.binary?.data}: `)) return at('binary', 'decoder');
  if (detail.startsWith('time ')) return at('time');
  if (detail.startsWith('history ')) return at('history');
  return at('values');
}

/** What in the map would take it, where that is one word. */
function hintOf(detail: string): string {
  return HINTS.find(([found]) => found.test(detail))?.[1] ?? '';
}

const HINTS: readonly (readonly [found: RegExp, hint: string])[] = [
  [/is "-?\d+(\.\d+)?", expected a number$/, '; number-as-text: true takes numbers that are written as text'],
  [/is (true|false), expected a number$/, "; words: { 'true': 1, 'false': 0 } takes it"],
  [/has no place in steps of/, '; round: true rounds it, a smaller exp of the channel keeps it'],
  [/^time is .*, no instant$/, `; form: must be the one of ${TIME_FORMS.join(', ')} that it is written in`],
  [/^time .* (in the future|more than a year ago)$/, '; --received says when it came'],
];

function brokenJson(reason: string, message: Message): SampleProblem {
  const offset = Number(/at offset (\d+)$/.exec(reason)?.[1] ?? 0);
  const before = message.text.slice(0, offset).split('\n');
  return {
    in: 'sample',
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    message: `is not JSON that can be read in one way: ${reason}`,
  };
}

/** A word about the device that the map does not know: the gateway would pass over it in silence. */
export function unknownHealth(
  m: ProfileMessage,
  i: number,
  message: Message,
  draft: Draft,
  device: MappedDevice,
): SampleProblem[] {
  const { health } = m;
  if (health === undefined || draft.health.length + draft.refusals.length > 0) return [];
  const json = message.json;
  const word =
    health.path === undefined
      ? message.text
      : json.ok
        ? textOf(compilePath(fill(health.path, device.words))(json.value))
        : undefined;
  // Where a message also brings values, or says only what is wrong, nothing need be said of health.
  if (word === undefined ? m.values.length > 0 : health.healthy.length === 0) return [];
  const known = [...health.healthy, ...health.unhealthy].join(', ');
  const detail = `says of the device ${JSON.stringify(word ?? 'nothing')}, and the map knows ${known}`;
  return [{ in: 'map', path: ['messages', i, 'health'], message: detail }];
}

export function tooLarge(bytes: number): SampleProblem {
  const message = `${bytes} bytes: the connection needs max-packet: ${bytes} or more, left out it is 8192`;
  return { in: 'sample', line: 1, column: null, message };
}

export function onlyOnce(problems: readonly SampleProblem[]): SampleProblem[] {
  return [...new Map(problems.map((p) => [JSON.stringify(p), p])).values()];
}
