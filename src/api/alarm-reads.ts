import type { FastifyRequest } from 'fastify';
import { ALARM_STATE_NAMES } from '../domain/alarm.ts';
import type { Alarm, AlarmFiguresAnswer, AlarmHistory } from './types.ts';
import { pathParameter, queryParameter, readInstant, refuseUnknown } from './parameters.ts';
import type { Archive, View } from './port.ts';
import { HttpProblem } from './problem.ts';
import { ROUTES } from './routes.ts';

const STATES: readonly string[] = Object.values(ALARM_STATE_NAMES);
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const MOST_ENTRIES = 1000;
const USUAL_ENTRIES = 200;

export function answerAlarms(request: FastifyRequest, view: View): readonly Alarm[] {
  refuseUnknown(request, ROUTES.alarms.query);
  const wanted = queryParameter(request, 'state')?.split(',') ?? null;
  const unknown = wanted?.find((state) => !STATES.includes(state));
  if (unknown !== undefined) {
    throw invalid(`state="${unknown.slice(0, 30)}" must be one of ${STATES.join(', ')}`);
  }
  return view.alarms().filter(({ state }) => wanted === null || wanted.includes(state));
}

export function answerAlarm(request: FastifyRequest, view: View): Alarm {
  const id = pathParameter(request, 'id');
  const alarm = view.alarm(id);
  if (alarm === null) throw new HttpProblem(404, 'NOT_FOUND', `there is no alarm "${id.slice(0, 100)}"`);
  return alarm;
}

export function answerHistory(
  request: FastifyRequest,
  { view, archive }: { readonly view: View; readonly archive: Archive },
): Promise<AlarmHistory> {
  refuseUnknown(request, ROUTES.alarmHistory.query);
  const { id: alarm } = answerAlarm(request, view);
  const { from, to } = readWindow(request, view.status().now, WEEK_MS);
  const limit = readWhole(request, 'limit', 1, MOST_ENTRIES, USUAL_ENTRIES);
  const after = readWhole(request, 'after', 0, Number.MAX_SAFE_INTEGER, 0);
  return archive.alarmHistory({ alarm, from, to, limit, after });
}

export async function answerFigures(
  request: FastifyRequest,
  { view, archive }: { readonly view: View; readonly archive: Archive },
): Promise<AlarmFiguresAnswer> {
  refuseUnknown(request, ROUTES.alarmFigures.query);
  const window = readWindow(request, view.status().now, DAY_MS);
  const operators = readWhole(request, 'operators', 1, 100, 1);
  const figures = await archive.alarmFigures({ ...window, operators });
  const named = [...figures.stale, ...figures.chattering, ...figures.mostFrequent].map(({ alarm }) => alarm);
  const titles = named.flatMap((id) => {
    const title = view.alarm(id)?.title;
    return title === undefined ? [] : [[id, title] as const];
  });
  return { ...figures, titles: Object.fromEntries(titles) };
}

function readWhole(
  request: FastifyRequest,
  name: string,
  least: number,
  most: number,
  usual: number,
): number {
  const text = queryParameter(request, name);
  if (text === null) return usual;
  const n = /^\d{1,16}$/.test(text) ? Number(text) : -1;
  if (n >= least && n <= most) return n;
  throw invalid(`${name}="${text.slice(0, 20)}" must be ${least} to ${most}`);
}

/** [from, to) of the query; `to` is now and `from` so much before it when left out. @throws HttpProblem */
function readWindow(
  request: FastifyRequest,
  now: number,
  usualMs: number,
): { readonly from: number; readonly to: number } {
  const to = readInstant('to', queryParameter(request, 'to')) ?? now;
  const from = readInstant('from', queryParameter(request, 'from')) ?? Math.max(0, to - usualMs);
  if (from >= to) throw invalid(`from (${from}) must be before to (${to})`);
  return { from, to };
}

function invalid(message: string): HttpProblem {
  return new HttpProblem(400, 'INVALID', message);
}
