import type { Act, Actor, AlarmAct, Operator, StreamAct, ZoneAct } from '../../api/port.ts';
import type { Meaning } from '../../api/types.ts';
import { permits, permitsZone, type Objection } from '../../alarms/acts.ts';
import { Refused } from '../../domain/errors.ts';
import { EVENTS_SLOT, RecordType, ReleaseStep, type ActBody, type ReleaseBody } from '../../domain/record.ts';
import { suggestion } from '../../domain/nearest.ts';
import { recordText } from '../../domain/text.ts';
import { formatDuration } from '../../domain/units.ts';
import type { Deciding } from '../../intake/deciding.ts';
import type { Input, InputRecord } from '../../intake/input.ts';
import { BREAK_GLASS } from '../../rules/openings.ts';
import { actsAskedOf } from '../../rules/asked-acts.ts';
import { BreakGlass } from './break-glass.ts';
import { makeDurable } from './durable.ts';

/** The number of the token in the data directory, which is nobody's own; people have higher ones. */
export const OWNER = 1;

/** What people do enters by the same door as readings, is decided and journaled, and then resolves. */
export class GatewayOperator implements Operator {
  readonly #deciding: Deciding;
  readonly #add: (input: Input) => boolean;
  readonly #now: () => number;
  readonly #over: AbortSignal;
  readonly #breakGlass: BreakGlass;

  /**
   * @param over aborts when the gateway failed: what waits to become durable is refused
   * @param named how many people of the configuration may command
   */
  constructor(
    deciding: Deciding,
    add: (input: Input) => boolean,
    now: () => number,
    over: AbortSignal,
    named = 0,
  ) {
    this.#deciding = deciding;
    this.#add = add;
    this.#now = now;
    this.#over = over;
    this.#breakGlass = new BreakGlass(named);
  }

  async acknowledge(
    alarm: string,
    by: Actor & { readonly meaning: Meaning; readonly reason: string },
  ): Promise<void> {
    const { roster, alarms } = this.#deciding;
    refuse(permits(roster, alarms, 'acknowledge', alarm));
    await this.#put({ ...by, verb: 'acknowledge', object: alarm, result: 'done' }, by.meaning);
  }

  async alarm(alarm: string, { forMs, ...by }: AlarmAct): Promise<void> {
    const { roster, alarms } = this.#deciding;
    refuse(permits(roster, alarms, by.verb, alarm, forMs));
    await this.#put({ ...by, object: alarm, result: 'done' }, forMs === null ? null : formatDuration(forMs));
  }

  async zone(zone: string, { forMs, ...by }: ZoneAct): Promise<void> {
    const { roster, alarms } = this.#deciding;
    refuse(permitsZone(roster, alarms, by.verb, zone, forMs));
    await this.#put({ ...by, object: zone, result: 'done' }, forMs === null ? null : formatDuration(forMs));
  }

  async breakGlass(device: string, by: Actor & { readonly reason: string }): Promise<void> {
    const known = this.#deciding.set.interlocks.exits.map((exit) => exit.device);
    if (!known.includes(device)) {
      throw new Refused('NOT_FOUND', `${device} closes no way here${suggestion(device, known)}`);
    }
    if (by.actor <= OWNER) {
      throw new Refused(
        'NOT_ALLOWED',
        'break-glass asks for a named person: use a token of your own (users:)',
      );
    }
    const first = this.#breakGlass.first(device, by, this.#now());
    const persons = first === null ? String(by.actor) : `${first} and ${by.actor}`;
    const act = { ...by, verb: BREAK_GLASS, object: device, result: 'done' } as const;
    // Of no order: what it opens is open to everything.
    const detail = recordText(`${device} by ${persons}: ${by.reason}`);
    const step: ReleaseBody = [new Uint8Array(32), ReleaseStep.override, 0, detail];
    await this.#put(act, first === null ? null : `with ${first}`, [
      { slot: EVENTS_SLOT, t: this.#now(), type: RecordType.release, body: step },
    ]);
  }

  async stream(stream: string, by: StreamAct): Promise<void> {
    const asked = actsAskedOf(this.#deciding.set, stream);
    if (asked.length === 0) throw new Refused('NOT_FOUND', `no rule waits for an act on "${stream}"`);
    if (!asked.includes(by.verb)) {
      throw new Refused(
        'CONFLICT',
        `no rule waits for "${by.verb}" on "${stream}"${suggestion(by.verb, asked)}`,
      );
    }
    await this.#put({ ...by, object: stream, result: 'done' }, null);
  }

  record(act: Act): Promise<void> {
    return this.#put(act, null);
  }

  /**
   * @param change what the act sets, as its record says it
   * @param more goes on record with it
   */
  #put(
    { actor, role, verb, object, reason, result }: Act,
    change: string | null,
    more: readonly InputRecord[] = [],
  ): Promise<void> {
    const done = result === 'done' ? 0 : 1;
    const by = [actor, recordText(role), recordText(verb)] as const;
    const body: ActBody = [...by, recordText(object), null, change, recordText(reason), done];
    const records = [{ slot: EVENTS_SLOT, t: this.#now(), type: RecordType.act, body }, ...more];
    return makeDurable(this.#add, { records }, this.#over);
  }
}

/** @throws Refused with the objection */
function refuse(objection: Objection | null): void {
  if (objection === null) return;
  throw new Refused(objection.isUnknown ? 'NOT_FOUND' : 'CONFLICT', objection.why);
}
