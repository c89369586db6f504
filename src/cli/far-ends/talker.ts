import type { Checked } from '../../domain/errors.ts';
import { ConfigError } from '../../domain/errors.ts';
import type { TalkerLine } from '../../devices/talker/settings.ts';
import { simulateTalker } from '../../devices/talker/simulator.ts';
import type { TalkingModel } from '../../devices/talker/simulator.ts';
import { endpointOf, serialPlaceOf, type FarEnd, type FarEndOrder } from './port.ts';

/** Opens the far end of a device that speaks by itself, as its driver's `plan` understands the entry. */
export async function openTalkerEnd<P extends { readonly talker: { readonly line: TalkerLine } }>(
  order: FarEndOrder,
  plan: (raw: unknown) => Checked<P>,
  model: (plan: P) => TalkingModel,
): Promise<FarEnd> {
  const checked = plan(order.raw);
  if (!checked.ok) throw new ConfigError(checked.problems);
  const { line } = checked.value.talker;
  if (line.kind === 'serial') {
    const path = serialPlaceOf(order);
    const simulator = await simulateTalker(model(checked.value), line, { path });
    return { simulator, at: path, left: [] };
  }
  const { host, port } = order.place === undefined ? line : endpointOf(order.place);
  const simulator = await simulateTalker(model(checked.value), line, { host, port });
  return { simulator, at: `${host}:${simulator.port}`, left: [] };
}
