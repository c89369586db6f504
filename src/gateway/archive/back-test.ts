import { AlarmState } from '../../domain/alarm.ts';
import { RecordType, type Value } from '../../domain/record.ts';

/** How often an alarm rose: in the journal, and under the other rules. */
export type AlarmCounts = { readonly alarm: string; readonly recorded: number; readonly replayed: number };

type Decided = { readonly type: number; readonly body: readonly Value[] };

/** Which alarms would other rules have had? Counts every rise of both, by alarm. */
export class BackTest {
  readonly #counts = new Map<string, { recorded: number; replayed: number }>();

  take(recorded: readonly Decided[], replayed: readonly Decided[]): void {
    for (const alarm of rises(recorded)) this.#of(alarm).recorded += 1;
    for (const alarm of rises(replayed)) this.#of(alarm).replayed += 1;
  }

  counts(): AlarmCounts[] {
    return [...this.#counts]
      .map(([alarm, counts]) => ({ alarm, ...counts }))
      .sort((a, b) => (a.alarm < b.alarm ? -1 : 1));
  }

  #of(alarm: string): { recorded: number; replayed: number } {
    const known = this.#counts.get(alarm) ?? { recorded: 0, replayed: 0 };
    this.#counts.set(alarm, known);
    return known;
  }
}

/** Alarms that came from another state to calling; a higher priority of one that calls is no new rise. */
function rises(decided: readonly Decided[]): string[] {
  return decided.flatMap(({ type, body: [alarm, from, to] }) => {
    const rose = to === AlarmState.unacknowledged && from !== AlarmState.unacknowledged;
    return type === RecordType.alarm && rose && typeof alarm === 'string' ? [alarm] : [];
  });
}
