import * as z from 'zod';
import type { Channel } from './configuration.ts';
import { duration, identifier, list, section, word } from './fields.ts';
import type { GoodsSettings } from './goods-settings.ts';
import { readPortals, type Around } from './portals.ts';
import { notOneOf, valueAt, type Problems } from './problems.ts';
import type { Source } from './source.ts';
import { uniqueness, uniquenessSettings } from './uniqueness.ts';

/** Fields that may be null in general; a site may ask for them. */
const schema = section({
  // Read entry by entry.
  portals: z.unknown().optional(),
  require: section({
    quantity: list(word('gross', 'tare', 'declared', 'ticket'), 1, 4).optional(),
    order: list(word('receipt', 'epcs', 'vehicle'), 1, 3).optional(),
    receipt: list(word('financier', 'agreement', 'floor', 'epcs', 'range', 'insuredUntil'), 1, 6).optional(),
    'hand-over': list(word('vehicle', 'from'), 1, 2).optional(),
  }).optional(),
  'statement-valid': duration(1000, 24 * 3_600_000).optional(),
  push: list(identifier, 1, 16).optional(),
  index: uniqueness.optional(),
});

const STATEMENT_VALID_MS = 300_000;

/** Reads `goods:`; null where there is none, and then nothing of goods is kept or loaded. */
export function readGoods(
  source: Source,
  problems: Problems,
  around: Around & { readonly channels: readonly Channel[] },
): GoodsSettings | null {
  const raw = valueAt(source.value, ['goods']);
  if (raw === undefined) return null;
  const read = problems.read(source, ['goods'], raw, schema);
  const required = Object.entries(read?.require ?? {}).map(([kind, names]) => [kind, names ?? []] as const);
  const portals = readPortals(source, problems, around);
  const push = read?.push ?? [];
  const webhooks = around.channels.filter(({ kind }) => kind === 'webhook').map(({ id }) => id);
  for (const [i, id] of push.entries()) {
    if (!webhooks.includes(id)) problems.at(source, ['goods', 'push', i], notOneOf('webhook', id, webhooks));
  }
  const statementValidMs = read?.['statement-valid'] ?? STATEMENT_VALID_MS;
  return {
    required: new Map<string, readonly string[]>(required),
    portals,
    statementValidMs,
    push,
    index: uniquenessSettings(read?.index),
  };
}
