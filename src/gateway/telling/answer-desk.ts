import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answering, Asked } from '../../api/port.ts';
import { AlarmState, type Text } from '../../domain/alarm.ts';
import { calledName, personOf } from '../../domain/calling.ts';
import { Refused, StorageError } from '../../domain/errors.ts';
import { EVENTS_SLOT, RecordType, type ActBody } from '../../domain/record.ts';
import { recordText } from '../../domain/text.ts';
import type { Deciding } from '../../intake/deciding.ts';
import type { Input } from '../../intake/input.ts';
import type { People } from '../../notify/people.ts';
import { makeDurable } from '../site/durable.ts';
import { keepSecretFile } from '../site/new-secret-file.ts';

const FILE = 'answer.key';
/** A link is good for as long as a notice is worth something. */
const GOOD_MS = 24 * 3_600_000;
const MAC_BYTES = 16;
/** Nobody who is not signed in has a number; the person stands in the act's role. */
const NOBODY = 0;
const { unacknowledged, returnedUnacknowledged, latchedUnacknowledged } = AlarmState;
const OPEN: readonly AlarmState[] = [unacknowledged, returnedUnacknowledged, latchedUnacknowledged];

export type AnswerParts = {
  readonly key: Uint8Array;
  readonly deciding: Deciding;
  readonly people: People;
  /** What an alarm is called, and where it is. */
  readonly describe: (alarm: string) => { readonly title: Text; readonly place: Text | null } | null;
  readonly add: (input: Input) => boolean;
  readonly now: () => number;
  readonly over: AbortSignal;
};

type Claim = { readonly alarm: string; readonly called: string; readonly since: number };

/** The key of the links in people's notices: a file that the daemon alone may read. @throws StorageError */
export function loadAnswerKey(directory: string): Uint8Array {
  const file = join(directory, FILE);
  keepSecretFile(file, () => `${randomBytes(32).toString('base64url')}\n`);
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url');
  if (key.length !== 32)
    throw new StorageError('CORRUPT', `${file} holds no key; remove it to get a new one`);
  return key;
}

/**
 * Acknowledging without signing in: by the link in a person's notice, or by an SMS with its code. Both
 * speak for one person and one call of one alarm: once that is answered they are worth nothing.
 */
export class AnswerDesk implements Answering {
  readonly #parts: AnswerParts;

  constructor(parts: AnswerParts) {
    this.#parts = parts;
  }

  /** The path of a person's link; null where the notice calls nobody by name, or nothing stands to be answered. */
  link(alarm: string, called: string): string | null {
    const since = this.#openSince(alarm);
    if (since === null || personOf(called) === null) return null;
    const claim = Buffer.from(JSON.stringify([alarm, called, since, this.#parts.now() + GOOD_MS]));
    return `/answer/${claim.toString('base64url')}.${this.#mac(claim).toString('base64url')}`;
  }

  /** Four digits by which the person answers this call from their own phone; null as for `link`. */
  code(alarm: string, called: string): string | null {
    const since = this.#openSince(alarm);
    const person = personOf(called);
    return since === null || person === null ? null : this.#code(alarm, person, since);
  }

  look(token: string): Asked | null {
    const claim = this.#read(token);
    const about = claim === null ? null : this.#parts.describe(claim.alarm);
    if (claim === null || about === null) return null;
    return { ...about, isOpen: this.#openSince(claim.alarm) === claim.since };
  }

  async acknowledge(token: string): Promise<void> {
    const claim = this.#read(token);
    if (claim === null) throw new Refused('NOT_FOUND', 'this link was never given, or is too old');
    if (this.#openSince(claim.alarm) !== claim.since) {
      throw new Refused('CONFLICT', 'this alarm was acknowledged already');
    }
    await this.#act(claim.called, claim.alarm, 'by link', 0);
  }

  /** An SMS: `OK 1234` of somebody's own phone acknowledges; what is no code of theirs is on record as refused. */
  async reply(number: string, text: string): Promise<void> {
    const code = /(?:^|[^0-9A-Za-z])(?:OK|确认|好)\s*[:：]?\s*([0-9]{4})(?![0-9])/i.exec(` ${text}`)?.[1];
    const person = [...this.#parts.people.values()].find((p) => p.phone?.reveal() === number);
    // What is not meant for us, and strangers, leave no record: they could fill the journal.
    if (code === undefined || person === undefined) return;
    const alarms = this.#parts.deciding.alarms.list().filter((s) => OPEN.includes(s.state));
    const meant = alarms.filter((s) => this.#code(s.alarm, person.id, s.since) === code);
    const who = calledName('person', person.id);
    for (const { alarm } of meant) await this.#act(who, alarm, 'by SMS', 0);
    if (meant.length === 0) await this.#act(who, '', `by SMS: ${code} is the code of no alarm`, 1);
  }

  #openSince(alarm: string): number | null {
    const standing = this.#parts.deciding.alarms.get(alarm);
    return standing !== undefined && OPEN.includes(standing.state) ? standing.since : null;
  }

  #read(token: string): Claim | null {
    const [claimed = '', mac = ''] = token.split('.');
    const bytes = Buffer.from(claimed, 'base64url');
    const given = Buffer.from(mac, 'base64url');
    if (given.length !== MAC_BYTES || !timingSafeEqual(given, this.#mac(bytes))) return null;
    const claim: unknown = JSON.parse(bytes.toString());
    if (!isClaim(claim)) return null;
    const [alarm, called, since, until] = claim;
    return this.#parts.now() > until ? null : { alarm, called, since };
  }

  #mac(claim: Uint8Array): Buffer {
    return createHmac('sha256', this.#parts.key).update(claim).digest().subarray(0, MAC_BYTES);
  }

  #code(alarm: string, person: string, since: number): string {
    const mac = createHmac('sha256', this.#parts.key).update(`code\n${alarm}\n${person}\n${since}`).digest();
    return String(mac.readUInt32BE(0) % 10_000).padStart(4, '0');
  }

  #act(called: string, alarm: string, how: string, result: 0 | 1): Promise<void> {
    const { add, now, over } = this.#parts;
    const body: ActBody = [
      NOBODY,
      called,
      'acknowledge',
      recordText(alarm),
      null,
      'seen',
      recordText(how),
      result,
    ];
    return makeDurable(add, { records: [{ slot: EVENTS_SLOT, t: now(), type: RecordType.act, body }] }, over);
  }
}

/** What `link` signs: alarm, whom it calls, since when the alarm stands, and until when the link is good. */
function isClaim(value: unknown): value is [string, string, number, number] {
  if (!Array.isArray(value) || value.length !== 4) return false;
  const shape = value.map((part) => typeof part).join(' ');
  return shape === 'string string number number';
}
