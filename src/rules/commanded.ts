import { suggestion } from '../domain/nearest.ts';
import { CommandStep, RecordType, type LogRecord } from '../domain/record.ts';
import type { OpenStream, StreamSpec } from '../domain/stream.ts';
import { Fields } from './fields.ts';
import { remembers } from './remembers.ts';
import type { Condition } from './rule.ts';
import { Signal } from './signal.ts';
import type { Site } from './site.ts';
import { readDuration, readText } from './values.ts';
import { numberIn, shiftAt, type Cell } from './watch.ts';

/** Commands that a condition looks for: to a device, of one verb or of any, within so long. */
export type Expected = {
  readonly withinMs: number;
  /** Null is the device of the stream itself. */
  readonly device: string | null;
  readonly verb: string | null;
};

/** Reads `15s`, or `{ within: 15s, verb: barrier-open, device: gate-1 }`. */
export function readCommand(
  level: Fields,
  key: string,
  streams: readonly StreamSpec[],
  site: Site,
): Expected | null {
  const raw = level.raw(key);
  const long = typeof raw === 'string' ? { within: raw } : raw;
  const fields = Fields.of(long, level.at(key), level.problems, ['within', 'verb', 'device']);
  if (fields === null) return null;
  const withinMs = readDuration(fields, 'within', 1);
  const device = fields.has('device')
    ? readText(fields, 'device', 'the id of a device that is commanded')
    : null;
  const verb = fields.has('verb') ? readText(fields, 'verb', 'a verb of that device') : null;
  if (withinMs === null) return null;
  const expected = { withinMs, device, verb };
  const devices = device === null ? streams.map((s) => s.dev) : [device];
  return areKnown(fields, devices, verb, site) ? expected : null;
}

function areKnown(fields: Fields, devices: readonly string[], verb: string | null, site: Site): boolean {
  for (const device of devices) {
    const verbs = site.actuators.get(device);
    if (verbs === undefined && !site.complete && site.isPending(device)) continue;
    if (verbs === undefined) {
      const hint = suggestion(device, [...site.actuators.keys()]);
      fields.fail('device', `"${device}" takes no commands${hint}`);
      return false;
    }
    if (verb === null || verbs.includes(verb)) continue;
    fields.fail('verb', `"${verb}" is no verb of ${device}${suggestion(verb, verbs)}`);
    return false;
  }
  return true;
}

/** Whether the record says that such a command was carried out, or may have been. */
export function isCarriedOut({ body }: LogRecord, { device, verb }: Expected, stream: StreamSpec): boolean {
  const [, to, said, , , , , step] = body;
  const was = step === CommandStep.sent || step === CommandStep.done || step === CommandStep.unknown;
  return was && to === (device ?? stream.dev) && (verb === null || said === verb);
}

/** Places in the cells: the last value, when it came into these states, and the last command. */
const VALUE = 0;
const CAME_AT = 1;
const COMMANDED_AT = 2;

/** In these states, and no command to it stood near the change. What it was in from the beginning is no change. */
export function changedWithout(stream: OpenStream, expected: Expected, states: readonly number[]): Condition {
  const judge = (cells: readonly Cell[]): Signal => {
    const came = numberIn(cells, CAME_AT);
    if (came === null) return Signal.clear;
    const commanded = numberIn(cells, COMMANDED_AT);
    return commanded !== null && Math.abs(came - commanded) <= expected.withinMs
      ? Signal.clear
      : Signal.raise;
  };
  return remembers(
    {
      inputs: [stream],
      records: [RecordType.command],
      meaning: 'without command',
      fresh: () => [null, null, null],
      take: (cells, happening) => {
        if (happening.is === 'start') return Signal.notYet;
        if (happening.is === 'record') {
          if (!isCarriedOut(happening.record, expected, stream)) return null;
          // What came into its state by one command stays so, whatever comes after.
          if (cells[CAME_AT] === null || judge(cells) === Signal.raise) cells[COMMANDED_AT] = happening.t;
          return cells[VALUE] === null ? null : judge(cells);
        }
        if (happening.is !== 'reading') return null;
        const { v, t } = happening;
        if (v === null) return Signal.unknown;
        const isIn = states.includes(v);
        const before = numberIn(cells, VALUE);
        if (!isIn) cells[CAME_AT] = null;
        else if (before !== null && !states.includes(before)) cells[CAME_AT] = t;
        cells[VALUE] = v;
        return judge(cells);
      },
      shift: (cells, a) => shiftAt(cells, a, CAME_AT, COMMANDED_AT),
    },
    stream.maxGapMs,
  );
}
