import type { FastifyRequest } from 'fastify';
import { ALARM_STATE_NAMES } from '../domain/alarm.ts';
import type { Alarm, AlarmFiguresAnswer, AlarmHistory } from './types.ts';
import { pathParameter, queryParameter, readWhole, readWindow, refuseUnknown } from './parameters.ts';
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

function invalid(message: string): HttpProblem {
  return new HttpProblem(400, 'INVALID', message);
}
