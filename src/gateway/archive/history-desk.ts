import type { AlarmFigures, FigureWindow } from '../../alarms/figures.ts';
import type { AlarmHistoryQuery, Archive, ReadingsQuery } from '../../api/port.ts';
import type {
  AlarmEntry,
  AlarmHistory,
  AlarmStateWord,
  PriorityName,
  ReadingsPage,
} from '../../api/types.ts';
import { ALARM_STATE_NAMES, AlarmState, Priority, PRIORITY_NAMES } from '../../domain/alarm.ts';
import { Refused } from '../../domain/errors.ts';
import { isAct, RecordType, type LogRecord, type Value } from '../../domain/record.ts';
import { formatScaled } from '../../domain/units.ts';
import { nameOf } from '../showing/alarm-view.ts';
import type { ReadOnly } from './open-read-only.ts';
import { Turns } from './turns.ts';

/** Answers questions about the past one after the other, each in a worker beside the writer. */
export class HistoryDesk implements Archive {
  readonly #directory: Pick<ReadOnly, 'history' | 'alarmHistory' | 'alarmReport'>;
  readonly #people: ReadonlyMap<number, string>;
  readonly #zoneOf: (alarm: string) => string | null;
  readonly #turns: Turns;

  /**
   * @param people names by the number that stands in records
   * @param zoneOf the zone an alarm is about
   * @param turns of all who ask about the past
   */
  constructor(
    directory: Pick<ReadOnly, 'history' | 'alarmHistory' | 'alarmReport'>,
    people: ReadonlyMap<number, string>,
    zoneOf: (alarm: string) => string | null,
    turns = new Turns(),
  ) {
    this.#directory = directory;
    this.#people = people;
    this.#zoneOf = zoneOf;
    this.#turns = turns;
  }

  readings(query: ReadingsQuery): Promise<ReadingsPage> {
    return this.#turns.take(() => this.#read(query));
  }

  async alarmHistory(query: AlarmHistoryQuery): Promise<AlarmHistory> {
    const zone = this.#zoneOf(query.alarm);
    const page = await this.#turns.take(() => this.#directory.alarmHistory({ ...query, zone }));
    const entries = page.records.flatMap((record) => this.#entryOf(record) ?? []);
    return { alarm: query.alarm, entries, next: page.next };
  }

  alarmFigures(window: FigureWindow): Promise<AlarmFigures> {
    return this.#turns.take(() => this.#directory.alarmReport(window));
  }

  #entryOf({ seq, t, type, body }: LogRecord): AlarmEntry | null {
    if (type === RecordType.act && isAct(body)) {
      const [actor, role, verb, , , change, reason, result] = body;
      const by = nameOf(this.#people, actor, role);
      return { kind: 'act', seq, t, by, role, verb, change, reason, isRefused: result === 1 };
    }
    const [, from, to, priority] = body;
    const step = { from: stateOf(from), to: stateOf(to), priority: priorityOf(priority) };
    if (step.from === undefined || step.to === undefined || step.priority === undefined) return null;
    return { kind: 'transition', seq, t, from: step.from, to: step.to, priority: step.priority };
  }

  async #read({ stream, from, to, limit, cursor }: ReadingsQuery): Promise<ReadingsPage> {
    const seq = cursor === null ? 0 : Number(cursor);
    if (!Number.isSafeInteger(seq) || seq < 0) throw new Refused('INVALID', `"${cursor}" is no cursor`);
    const page = await this.#directory.history({ stream, from, to, limit, seq });
    if (page === null) throw new Refused('NOT_FOUND', `there is no stream ${stream}`);
    const { unit, exp, next, erased } = page;
    const readings = page.readings.map((r) => ({ ...r, text: r.v === null ? null : formatScaled(r.v, exp) }));
    return { stream, unit, readings, erased, next: next === null ? null : String(next) };
  }
}

function stateOf(value: Value | undefined): AlarmStateWord | undefined {
  const state = Object.values(AlarmState).find((known) => known === value);
  return state === undefined ? undefined : ALARM_STATE_NAMES[state];
}

function priorityOf(value: Value | undefined): PriorityName | undefined {
  const priority = Object.values(Priority).find((known) => known === value);
  return priority === undefined ? undefined : PRIORITY_NAMES[priority];
}
