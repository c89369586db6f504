import * as z from 'zod';
import type { Checked, Problem } from '../../domain/errors.ts';
import type { StreamId, StreamSpec } from '../../domain/stream.ts';
import { formatDuration, parseBaud } from '../../domain/units.ts';
import type { Line } from '../line.ts';
import { check, closed, deviceId, display, duration, fail, mapOf, readable } from '../schema.ts';
import { openSerialLine } from '../serial-line.ts';
import { openTcpLine } from '../tcp-line.ts';

const DAY_MS = 86_400_000;

const baudRate = z.union([z.int(), z.string()]).transform((value, ctx) => {
  const baud = parseBaud(String(value));
  return baud !== null && baud <= 1_000_000
    ? baud
    : fail(ctx, 'is not a baud rate; write it like 115200 baud');
});

const antenna = closed({
  antenna: z.int().min(1),
  /** Read point it looks at; several antennas may look at one. */
  point: deviceId,
  zone: deviceId.optional(),
});

/** The keys that every reader's entry has; a family adds its own. Times in ms. */
export const READER_KEYS = {
  id: deviceId,
  port: z.union([z.string().min(1), z.int().min(1).max(65_535)]),
  host: z.string().min(1).optional(),
  baud: baudRate.optional(),
  /** From one round of all antennas to the next. */
  round: duration(200, 600_000).default(2000),
  /** An unchanged number of tags is told again after this time. */
  every: duration(1000, DAY_MS).default(10_000),
  'max-gap': duration(1000, 7 * DAY_MS).optional(),
  /** Time without a frame after which the reader does not answer. */
  timeout: duration(50, 60_000).default(1000),
  /** A tag not read for so long has left. */
  gone: duration(500, DAY_MS).optional(),
  antennas: z.array(antenna).min(1),
};

const common = closed(READER_KEYS);
export type ReaderSettings = z.output<typeof common>;

/** Checks an entry; what fields must be because of others is told together with the rest. */
export function checkReader<T extends ReaderSettings>(
  schema: z.ZodType<T>,
  raw: unknown,
  most: { readonly antennas: number },
): Checked<T> {
  const checked = check(schema, raw);
  const problems = [...(checked.ok ? [] : checked.problems), ...relations(raw, most.antennas)];
  if (!checked.ok || problems.length > 0) return { ok: false, problems };
  return checked;
}

function relations(raw: unknown, most: number): Problem[] {
  const own = Object.fromEntries(Object.entries(mapOf(raw)).filter(([key]) => key in READER_KEYS));
  const { host, port, round = 2000, every = 10_000, gone, ...rest } = readable(common.partial(), own);
  const problems: Problem[] = [];
  if (host === undefined && typeof port === 'number') {
    const message = 'must be a device file such as /dev/serial/by-id/…, or have a host beside it';
    problems.push({ path: ['port'], message, found: display(port) });
  }
  if (host !== undefined && typeof port === 'string') {
    problems.push({ path: ['port'], message: 'must be a TCP port beside host', found: display(port) });
  }
  if (host !== undefined && rest.baud !== undefined) {
    problems.push({ path: ['baud'], message: 'has no meaning beside host: the serial server has it' });
  }
  if (gone !== undefined && gone < 3 * round) {
    const message = `must be at least three rounds, ${formatDuration(3 * round)}`;
    problems.push({ path: ['gone'], message, found: formatDuration(gone) });
  }
  const gap = rest['max-gap'];
  if (gap !== undefined && gap < 2 * Math.max(round, every)) {
    const message = `must be at least twice round and every, ${formatDuration(2 * Math.max(round, every))}`;
    problems.push({ path: ['max-gap'], message, found: formatDuration(gap) });
  }
  return [...problems, ...antennaProblems(rest.antennas ?? [], most)];
}

function antennaProblems(antennas: ReaderSettings['antennas'], most: number): Problem[] {
  return antennas.flatMap((own, i): Problem[] => {
    const path = (key: string): (string | number)[] => ['antennas', i, key];
    const problems: Problem[] = [];
    if (own.antenna > most) {
      const message = most === 1 ? 'must be 1: this reader has one' : `must be at most ${most}`;
      problems.push({ path: path('antenna'), message, found: String(own.antenna) });
    }
    const before = antennas.slice(0, i);
    if (before.some((a) => a.antenna === own.antenna)) {
      problems.push({ path: path('antenna'), message: 'stands here twice', found: String(own.antenna) });
    }
    const other = before.find((a) => a.point === own.point && a.zone !== own.zone);
    if (other !== undefined) {
      const message = `must be ${other.zone ?? 'left out'}, as for the first antenna of ${own.point}`;
      problems.push({ path: path('zone'), message, found: own.zone ?? 'nothing' });
    }
    if (antennas.some((a) => `${a.point}-tags` === own.point)) {
      const message = 'is the name of the number of tags of another read point';
      problems.push({ path: path('point'), message, found: own.point });
    }
    return problems;
  });
}

/** Where tags are read: its two streams, and the antennas that look at it. */
export type ReadPoint = {
  readonly stream: StreamId;
  readonly count: StreamId;
  readonly antennas: readonly number[];
};

export function pointsOf({ id, antennas }: ReaderSettings): ReadPoint[] {
  return [...Map.groupBy(antennas, (a) => a.point)].map(([point, own]) => ({
    stream: `${id}/${point}`,
    count: `${id}/${point}-tags`,
    antennas: own.map((a) => a.antenna),
  }));
}

/** The wire proves nothing about who spoke, so the source level is 1. */
export function streamsOf(settings: ReaderSettings): StreamSpec[] {
  const { id, round, every } = settings;
  const own = { dev: id, unit: '1', exp: 0, src: 1, urgent: false } as const;
  return pointsOf(settings).flatMap(({ stream, count }): StreamSpec[] => {
    const ch = stream.slice(id.length + 1);
    const place = settings.antennas.find((a) => a.point === ch)?.zone ?? '';
    const maxGapMs = maxGapOf(settings);
    return [
      { ...own, id: stream, ch, kind: 2, quantity: 'tag', cadenceMs: round, maxGapMs, place },
      { ...own, id: count, ch: `${ch}-tags`, kind: 1, quantity: 'tags', cadenceMs: every, maxGapMs, place },
    ];
  });
}

export function maxGapOf({ 'max-gap': gap, round, every, timeout }: ReaderSettings): number {
  return gap ?? 3 * Math.max(round, every) + timeout;
}

export function openLine(settings: ReaderSettings, usualBaud: number): Line {
  const { host, port, baud = usualBaud } = settings;
  if (host !== undefined) return openTcpLine({ host, port: Number(port) });
  return openSerialLine({ path: String(port), baud, dataBits: 8, parity: 'none', stopBits: 1 });
}
