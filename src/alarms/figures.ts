import { AlarmState, PRIORITY_NAMES, type PriorityName } from '../domain/alarm.ts';
import { isAct, RecordType, SystemCode, type LogRecord } from '../domain/record.ts';
import { Episodes, mostWithin, quantile } from './figure-sums.ts';
import { CHATTER, FLOOD, STALE_MS } from './limits.ts';
import { OWN_ALARMS } from './own-alarms.ts';
import { isShown, type Standing } from './standing.ts';
import { stepOf, type Step } from './step.ts';
import { isRise, isRiseByItself } from './watch.ts';

/** How an alarm system does, by the measures of ISA-18.2 / IEC 62682 section 16. Times in ms. */
export type AlarmFigures = {
  /** [from, to) in evidence time. */
  readonly from: number;
  readonly to: number;
  readonly operators: number;
  /** Alarms that called, the machine's own left out. */
  readonly annunciated: number;
  readonly perHour: number;
  /** About 6 are borne with, 12 at most. */
  readonly perOperatorHour: number;
  readonly busiestHour: number;
  /** Times with more than 10 alarms in 10 minutes, how long they were, the most in 10 minutes. */
  readonly floods: { readonly count: number; readonly ms: number; readonly most: number };
  /** Shown at the end; stale for more than 24 hours. */
  readonly standing: number;
  readonly stale: readonly { readonly alarm: string; readonly ms: number }[];
  /** Three rises within 60 s, until 10 minutes are quiet. */
  readonly chattering: readonly { readonly alarm: string; readonly episodes: number }[];
  /** The ten that called most, by number and then by id; share of all, 0 to 1. */
  readonly mostFrequent: readonly { readonly alarm: string; readonly n: number; readonly share: number }[];
  /** Share of all that called, beside what is aimed at: 5 % urgent, 15 % high, 80 % medium and low. */
  readonly priorities: Readonly<Record<PriorityName, { readonly n: number; readonly share: number }>>;
  /** From the call to its acknowledgement; null without any. `waiting` call still at the end. */
  readonly acknowledged: {
    readonly n: number;
    readonly medianMs: number | null;
    readonly p95Ms: number | null;
    readonly waiting: number;
  };
  /** Acts that set alarms aside, and what is set aside at the end. */
  readonly setAside: {
    readonly shelvings: number;
    readonly takenOut: number;
    readonly maintenances: number;
    readonly shelved: number;
    readonly suppressed: number;
    readonly outOfService: number;
  };
};

export type FigureRecord = Pick<LogRecord, 't' | 'type' | 'body'>;
export type FigureWindow = { readonly from: number; readonly to: number; readonly operators: number };

/** An alarm as its transitions tell it. Times without clock steps: that of the first record, and on from there. */
type Kept = {
  state: AlarmState;
  since: number;
  calledAt: number | null;
  /** It was set aside while it was at rest. */
  wasAtRest: boolean;
};

const CALLING: readonly AlarmState[] = [
  AlarmState.unacknowledged,
  AlarmState.returnedUnacknowledged,
  AlarmState.latchedUnacknowledged,
];
const TOP = 10;
const HOUR_MS = 3_600_000;
const ACTS = new Map([
  ['shelve', 'shelvings'],
  ['take-out', 'takenOut'],
  ['maintain', 'maintenances'],
] as const);

/**
 * Figures of a window, from nothing but records. What went before `from` tells only what stood and
 * what had risen lately.
 *
 * @param seed alarms as they stood before the first record
 * @param records in the order of the journal, up to `to`
 */
export function alarmFigures(
  seed: readonly Standing[],
  records: Iterable<FigureRecord>,
  window: FigureWindow,
): AlarmFigures {
  const count = new FigureCount(seed, window);
  for (const record of records) count.take(record);
  return count.figures();
}

class FigureCount {
  readonly #window: FigureWindow;
  readonly #alarms = new Map<string, Kept>();
  readonly #rises: number[] = [];
  readonly #counts = new Map<string, number>();
  readonly #priorities: Record<PriorityName, number> = { urgent: 0, high: 0, medium: 0, low: 0 };
  readonly #flood = new Episodes(FLOOD.above + 1, FLOOD.windowMs, FLOOD.below, FLOOD.windowMs);
  readonly #chatter = new Map<string, Episodes>();
  readonly #answers: number[] = [];
  readonly #acts = { shelvings: 0, takenOut: 0, maintenances: 0 };
  /** Sum of the clock's steps so far, ms. */
  #stepped = 0;
  /** Begin of the window in time without steps; where its first record is, when the clock stepped before. */
  #start: number;

  constructor(seed: readonly Standing[], window: FigureWindow) {
    this.#window = window;
    this.#start = window.from;
    for (const { alarm, state, since } of seed) {
      if (!OWN_ALARMS.has(alarm)) {
        // One that calls has done so since it left normal, as far as the seed tells.
        const calledAt = CALLING.includes(state) ? since : null;
        this.#alarms.set(alarm, { state, since, calledAt, wasAtRest: false });
      }
    }
  }

  take({ t, type, body }: FigureRecord): void {
    const { from, to } = this.#window;
    if (t >= to) return;
    if (type === RecordType.system && body[0] === SystemCode.clockStepped) {
      this.#stepped += Number(body[1]);
      if (t < from) this.#start = from - this.#stepped;
      return;
    }
    const at = t - this.#stepped;
    const isWithin = t >= from;
    if (type === RecordType.alarm) {
      const step = stepOf(body);
      if (step === null || OWN_ALARMS.has(step.alarm)) return;
      this.#move(step, at);
      if (isRise(step)) this.#rise(step, at, isWithin);
    } else if (type === RecordType.act && isAct(body) && body[7] === 0) {
      this.#act(body[2], body[3], at, isWithin);
    }
  }

  figures(): AlarmFigures {
    const { from, to, operators } = this.#window;
    const end = to - this.#stepped;
    const n =
      this.#priorities.urgent + this.#priorities.high + this.#priorities.medium + this.#priorities.low;
    const share = (part: number): number => (n === 0 ? 0 : part / n);
    const perHour = n / ((to - from) / HOUR_MS);
    const shown = [...this.#alarms].filter(([, { state }]) => isShown(state));
    const inState = (wanted: AlarmState): number =>
      [...this.#alarms].filter(([, { state }]) => state === wanted).length;
    const within = this.#rises.filter((at) => at >= this.#start);
    return {
      from,
      to,
      operators,
      annunciated: n,
      perHour,
      perOperatorHour: perHour / operators,
      busiestHour: mostWithin(within, HOUR_MS),
      floods: { ...this.#flood.between(this.#start, end), most: mostWithin(within, FLOOD.windowMs) },
      standing: shown.length,
      stale: shown
        .map(([alarm, { since }]) => ({ alarm, ms: end - since }))
        .filter(({ ms }) => ms > STALE_MS)
        .sort((a, b) => b.ms - a.ms || compare(a.alarm, b.alarm)),
      chattering: [...this.#chatter]
        .map(([alarm, episodes]) => ({ alarm, episodes: episodes.between(this.#start, end).count }))
        .filter(({ episodes }) => episodes > 0)
        .sort((a, b) => b.episodes - a.episodes || compare(a.alarm, b.alarm)),
      mostFrequent: [...this.#counts]
        .map(([alarm, times]) => ({ alarm, n: times, share: share(times) }))
        .sort((a, b) => b.n - a.n || compare(a.alarm, b.alarm))
        .slice(0, TOP),
      priorities: {
        urgent: { n: this.#priorities.urgent, share: share(this.#priorities.urgent) },
        high: { n: this.#priorities.high, share: share(this.#priorities.high) },
        medium: { n: this.#priorities.medium, share: share(this.#priorities.medium) },
        low: { n: this.#priorities.low, share: share(this.#priorities.low) },
      },
      acknowledged: {
        n: this.#answers.length,
        medianMs: quantile(this.#answers, 0.5),
        p95Ms: quantile(this.#answers, 0.95),
        waiting: shown.filter(([, { calledAt }]) => calledAt !== null).length,
      },
      setAside: {
        ...this.#acts,
        shelved: inState(AlarmState.shelved),
        suppressed: inState(AlarmState.suppressed),
        outOfService: inState(AlarmState.outOfService),
      },
    };
  }

  #move({ alarm, from: before, to: state }: Step, at: number): void {
    if (state === AlarmState.normal) {
      this.#alarms.delete(alarm);
      return;
    }
    const known = this.#alarms.get(alarm) ?? { state: before, since: at, calledAt: null, wasAtRest: false };
    const leftRest = before === AlarmState.normal;
    const cameBack = known.wasAtRest && isShown(state);
    this.#alarms.set(alarm, {
      state,
      since: leftRest || cameBack ? at : known.since,
      calledAt: isShown(state) && !leftRest ? known.calledAt : null,
      wasAtRest: isShown(state) ? false : leftRest || known.wasAtRest,
    });
  }

  #rise(step: Step, at: number, isWithin: boolean): void {
    const { alarm, priority } = step;
    const kept = this.#alarms.get(alarm);
    if (kept !== undefined) kept.calledAt = at;
    this.#rises.push(at);
    this.#flood.add(at);
    if (isRiseByItself(step)) this.#chatterOf(alarm).add(at);
    if (!isWithin) return;
    this.#counts.set(alarm, (this.#counts.get(alarm) ?? 0) + 1);
    this.#priorities[PRIORITY_NAMES[priority]]++;
  }

  #chatterOf(alarm: string): Episodes {
    const known = this.#chatter.get(alarm);
    if (known !== undefined) return known;
    const made = new Episodes(CHATTER.rises, CHATTER.windowMs, 1, CHATTER.quietMs);
    this.#chatter.set(alarm, made);
    return made;
  }

  #act(verb: string, object: string, at: number, isWithin: boolean): void {
    const kept = this.#alarms.get(object);
    if (verb === 'acknowledge' && kept !== undefined && kept.calledAt !== null) {
      if (isWithin) this.#answers.push(at - kept.calledAt);
      kept.calledAt = null;
    }
    const counted = [...ACTS].find(([known]) => known === verb)?.[1];
    if (isWithin && counted !== undefined) this.#acts[counted]++;
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
