import * as z from 'zod';
import type { ConfiguredConnection, InterlockSettings } from './configuration.ts';
import type { Devices } from './devices.ts';
import { list, section, text } from './fields.ts';
import { notOneOf, valueAt, type Problems } from './problems.ts';
import type { Source } from './source.ts';

const device = text(/^.{1,64}$/, 'the id of a device that takes commands');
const streams = list(text(/^[^/]{1,64}\/[^/]{1,64}$/, 'the id of a stream, DEVICE/CHANNEL'), 1, 16);
const schema = section({
  climate: list(device, 1, 100).optional(),
  clear: z.record(z.string(), streams, { error: 'must be a map of devices to streams' }).optional(),
});

/** Reads `interlocks:` and checks that what it names exists. */
export function readInterlocks(
  source: Source,
  problems: Problems,
  devices: Pick<Devices<ConfiguredConnection>, 'isPending' | 'actuators' | 'streams' | 'complete'>,
): InterlockSettings {
  const raw = valueAt(source.value, ['interlocks']) ?? {};
  const read = problems.read(source, ['interlocks'], raw, schema);
  const known = [...devices.actuators.keys()];
  const checkDevice = (path: readonly (string | number)[], id: string, part: 'key' | 'value'): void => {
    if (known.includes(id) || devices.isPending(id)) return;
    problems.at(source, path, notOneOf('device that takes commands', id, known), part);
  };
  for (const [i, id] of (read?.climate ?? []).entries())
    checkDevice(['interlocks', 'climate', i], id, 'value');
  const ids = devices.streams.map((s): string => s.id);
  for (const [id, named] of Object.entries(read?.clear ?? {})) {
    checkDevice(['interlocks', 'clear', id], id, 'key');
    for (const [i, stream] of named.entries()) {
      if (ids.includes(stream) || !devices.complete) continue;
      problems.at(source, ['interlocks', 'clear', id, i], notOneOf('stream', stream, ids));
    }
  }
  return { climate: read?.climate ?? [], clear: new Map(Object.entries(read?.clear ?? {})) };
}
