import * as z from 'zod';
import type { Checked, Problem } from '../../domain/errors.ts';
import type { StreamId, StreamSpec } from '../../domain/stream.ts';
import { formatDuration } from '../../domain/units.ts';
import { readListen } from '../endpoint.ts';
import { check, closed, deviceId, display, duration, fail, mapsIn, secretReference } from '../schema.ts';
import { CONDITIONS, type Condition } from './panel-event.ts';

const DAY_MS = 86_400_000;

const account = z
  .string()
  .regex(/^[0-9A-Fa-f]{3,16}$/, 'must be 3 to 16 hex digits in quotes')
  .transform((text) => text.toUpperCase());

const inputSchema = closed({
  id: deviceId,
  is: z.enum(CONDITIONS).default('alarm'),
  /** The panel's own number of the zone. */
  number: z.int().min(0).max(9999).optional(),
  partition: z.int().min(0).max(99).optional(),
  quantity: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be small letters, digits or "-"')
    .optional(),
  zone: deviceId.optional(),
});

const panelSchema = closed({
  id: deviceId,
  account,
  secret: secretReference.optional(),
  /** How often the panel tests its link. */
  every: duration(1000, DAY_MS),
  'max-gap': duration(1000, 7 * DAY_MS).optional(),
  zone: deviceId.optional(),
  inputs: z.array(inputSchema).default([]),
});

const settingsSchema = closed({
  id: deviceId,
  driver: z.literal('sia-dc09').optional(),
  listen: z
    .string()
    .transform((text, ctx) => readListen(text) ?? fail(ctx, 'must be like 0.0.0.0:12128 or [::]:12128')),
  transport: z.enum(['tcp', 'udp']).default('tcp'),
  /** How far a panel's clock may be off before its encrypted messages are refused. */
  window: duration(1000, 3_600_000).default(60_000),
  'max-connections': z.int().min(1).max(1024).default(64),
  panels: z.array(panelSchema).min(1),
});

export type Input = z.output<typeof inputSchema> & { readonly stream: StreamId };
export type Settings = z.output<typeof settingsSchema>;
export type PanelSettings = Settings['panels'][number];

/** A checked entry and its streams: a `link` for each panel, and one for each of its inputs. */
export type Plan = { readonly settings: Settings; readonly streams: readonly StreamSpec[] };

/** Checks everything and gives all problems at once. */
export function planDc09(raw: unknown): Checked<Plan> {
  const checked = check(settingsSchema, raw);
  const problems = [...(checked.ok ? [] : checked.problems.map(withoutSecret)), ...relations(raw)];
  if (!checked.ok || problems.length > 0) return { ok: false, problems };
  return { ok: true, value: { settings: checked.value, streams: checked.value.panels.flatMap(streamsOf) } };
}

export function maxGapOf(panel: PanelSettings): number {
  return panel['max-gap'] ?? 3 * panel.every;
}

export function inputsOf(panel: PanelSettings): Input[] {
  return panel.inputs.map((input) => ({ ...input, stream: `${panel.id}/${input.id}` }));
}

const QUANTITIES: Readonly<Record<Condition, string>> = {
  alarm: 'intrusion',
  tamper: 'tamper',
  mains: 'mains-failure',
  battery: 'low-battery',
  communication: 'communication-failure',
  armed: 'armed',
};

function streamsOf(panel: PanelSettings): StreamSpec[] {
  const link = streamOf(panel, 'link', 'link', panel.zone, false);
  return [
    link,
    ...panel.inputs.map((input) =>
      streamOf(panel, input.id, input.quantity ?? QUANTITIES[input.is], input.zone ?? panel.zone, true),
    ),
  ];
}

/** Source level 1, encrypted or not: AES-CBC without an integrity code can be changed on its way. */
function streamOf(
  panel: PanelSettings,
  ch: string,
  quantity: string,
  zone: string | undefined,
  urgent: boolean,
): StreamSpec {
  return {
    id: `${panel.id}/${ch}`,
    dev: panel.id,
    ch,
    kind: 1,
    quantity,
    unit: '1',
    exp: 0,
    cadenceMs: panel.every,
    maxGapMs: maxGapOf(panel),
    place: zone ?? '',
    src: 1,
    urgent,
  };
}

/** What fields must be because of others. */
function relations(raw: unknown): Problem[] {
  const problems: Problem[] = [];
  const accounts = new Set<string>();
  for (const [i, panel] of mapsIn(raw, 'panels').entries()) {
    const at = ['panels', i];
    const written = panel['account'];
    if (typeof written === 'string' && accounts.has(written.toUpperCase())) {
      const message = 'is the account of another panel, too; each has its own';
      problems.push({ path: [...at, 'account'], message, found: written });
    }
    if (typeof written === 'string') accounts.add(written.toUpperCase());
    problems.push(...gapProblems(panel, at), ...inputProblems(panel, at));
  }
  return problems;
}

function gapProblems(panel: Readonly<Record<string, unknown>>, at: readonly (string | number)[]): Problem[] {
  const gaps = check(
    z.object({ every: panelSchema.shape.every, 'max-gap': duration(1000, 7 * DAY_MS) }),
    panel,
  );
  if (!gaps.ok || gaps.value['max-gap'] >= gaps.value.every) return [];
  const message = `must be at least every, ${formatDuration(gaps.value.every)}`;
  return [{ path: [...at, 'max-gap'], message, found: formatDuration(gaps.value['max-gap']) }];
}

function inputProblems(
  panel: Readonly<Record<string, unknown>>,
  at: readonly (string | number)[],
): Problem[] {
  const problems: Problem[] = [];
  const [ids, meanings] = [new Set<unknown>(['link']), new Set<string>()];
  for (const [i, input] of mapsIn(panel, 'inputs').entries()) {
    const path = [...at, 'inputs', i];
    const { id, number, partition, is = 'alarm' } = input;
    if (ids.has(id)) {
      const message = id === 'link' ? 'is the name of the supervision' : 'is an id of this panel, too';
      problems.push({ path: [...path, 'id'], message, found: display(id) });
    }
    ids.add(id);
    const isZone = is === 'alarm' || is === 'tamper';
    if (isZone && number === undefined) {
      const message = "is missing; it is the panel's number of the zone";
      problems.push({ path: [...path, 'number'], message });
    }
    if (!isZone && number !== undefined) {
      const message = `has no meaning with is: ${display(is)}`;
      problems.push({ path: [...path, 'number'], message, found: display(number) });
    }
    const meaning = JSON.stringify([is, number, partition]);
    if (meanings.has(meaning)) {
      problems.push({ path, message: 'means the same events as another input of this panel' });
    }
    meanings.add(meaning);
  }
  return problems;
}

/** What stands where a reference belongs may be a key: it is not shown. */
function withoutSecret({ found, ...problem }: Problem): Problem {
  return problem.path.at(-1) === 'secret' || found === undefined ? problem : { ...problem, found };
}
