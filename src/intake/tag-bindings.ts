import { toHex } from '../evidence/encodings.ts';
import { isAct, RecordType, type LogRecord, type Value } from '../domain/record.ts';
import { TagTable } from './tag-table.ts';

/** The act that says which chip a tag belongs to; it is so when a second person says the same. */
export const BIND_TAG = 'bind-tag';

/** Tags remembered at most. */
const MOST = 100_000;
const DAY_MS = 86_400_000;
/** In a full table a tag not seen for so many days makes room for others; one without a chip after a day. */
const KEPT_DAYS = 30;
/** How long a second person may take, ms, and how many may be waited for. */
const [ASKED_MS, MOST_ASKED] = [DAY_MS, 100];

/** What one person said and a second has to say, too. EPC and TID: small hexadecimal digits. */
export type Asked = {
  readonly epc: string;
  readonly tid: string;
  readonly actor: number;
  readonly t: number;
};

/** Whether a chip is another than the one that its tag is bound to; what was not read decides nothing. */
export function isSwapped(bound: string | null, seen: string | null): boolean {
  return bound !== null && seen !== null && bound !== seen;
}

/**
 * To which chip each tag is bound (control rule R9): to the one it was first read with, or to the one that two
 * persons named since. It follows from the journal alone, so it is the same after a restart and in a replay.
 */
export class TagBindings {
  readonly #table: TagTable;
  readonly #most: number;
  #asked: readonly Asked[] = [];
  /** The last day on which room was made. */
  #sweptDay = 0;
  #before: { readonly asked: readonly Asked[]; readonly sweptDay: number };

  private constructor(table: TagTable, most: number, asked: readonly Asked[], sweptDay: number) {
    this.#table = table;
    this.#most = most;
    this.#asked = asked;
    this.#sweptDay = sweptDay;
    this.#before = { asked, sweptDay };
  }

  /**
   * @param most tags remembered at most
   * @throws TypeError for a value that `encode` did not give
   */
  static decode(value: Value, most = MOST): TagBindings {
    if (!Array.isArray(value)) throw new TypeError('tags: not a list');
    const [table, asked, sweptDay] = value as readonly Value[];
    if (table === undefined) return new TagBindings(new TagTable(), most, [], 0);
    if (!Array.isArray(asked) || typeof sweptDay !== 'number') throw new TypeError('tags: nobody asked');
    return new TagBindings(TagTable.decode(table), most, (asked as readonly Value[]).map(askedOf), sweptDay);
  }

  /** The chip of a tag; null for one that no reader ever read it of. @param epc small hexadecimal digits */
  boundTo(epc: string): string | null {
    return this.#table.get(epc)?.tid || null;
  }

  /** How many tags are known, of how many the chip, and how many there can be. */
  get share(): { readonly known: number; readonly bound: number; readonly most: number } {
    return { known: this.#table.size, bound: this.#table.bound, most: this.#most };
  }

  /** What waits for a second person at `t`. */
  asked(t: number): Asked[] {
    return this.#asked.filter((one) => t - one.t < ASKED_MS);
  }

  /** Why this person's word on a tag would change nothing; null where it would. */
  objectionTo(epc: string, tid: string, actor: number, t: number): string | null {
    if (this.boundTo(epc) === tid) return `tag ${epc} is bound to TID ${tid} already`;
    const asked = this.asked(t).find((one) => one.epc === epc && one.tid === tid);
    if (asked?.actor !== actor) return null;
    return `you said so at ${new Date(asked.t).toISOString()}; a second person has to say the same within a day`;
  }

  take({ type, t, body }: LogRecord): void {
    if (type === RecordType.observation) {
      const [epc, tid] = body;
      if (epc instanceof Uint8Array) this.#see(toHex(epc), tid instanceof Uint8Array ? toHex(tid) : '', t);
    } else if (type === RecordType.act && isAct(body)) {
      const [actor, , verb, epc, , tid, , result] = body;
      if (verb === BIND_TAG && result === 0 && tid !== null) this.#hear({ epc, tid, actor, t });
    }
  }

  commit(): void {
    this.#table.commit();
    this.#before = { asked: this.#asked, sweptDay: this.#sweptDay };
  }

  discard(): void {
    this.#table.discard();
    this.#asked = this.#before.asked;
    this.#sweptDay = this.#before.sweptDay;
  }

  /** For snapshots; nothing at all while nothing is known. */
  encode(): Value {
    if (this.#table.size === 0 && this.#asked.length === 0) return [];
    const asked = this.#asked.map(({ epc, tid, actor, t }) => [epc, tid, actor, t]);
    return [this.#table.encode(), asked, this.#sweptDay];
  }

  #see(epc: string, tid: string, t: number): void {
    const day = Math.floor(t / DAY_MS);
    const known = this.#table.get(epc);
    if (known === undefined) {
      if (this.#hasRoom(day)) this.#table.put({ epc, tid, day });
    } else if (known.day !== day || (known.tid === '' && tid !== '')) {
      this.#table.put({ epc, tid: known.tid || tid, day });
    }
  }

  /** The second person's word binds; anybody's other word is a new question. */
  #hear(said: Asked): void {
    const { epc, tid, actor, t } = said;
    const asked = this.asked(t).find((one) => one.epc === epc);
    const others = this.#asked.filter((one) => one.epc !== epc);
    if (asked?.tid !== tid || asked.actor === actor) {
      this.#asked = [...others, said].slice(-MOST_ASKED);
      return;
    }
    this.#asked = others;
    const day = Math.floor(t / DAY_MS);
    if (this.#table.get(epc) !== undefined || this.#hasRoom(day)) this.#table.put({ epc, tid, day });
  }

  /** Once a day a full table forgets what is long gone; what it still has keeps its place before newcomers. */
  #hasRoom(day: number): boolean {
    if (this.#table.size < this.#most) return true;
    if (this.#sweptDay === day) return false;
    this.#sweptDay = day;
    this.#table.keep((row) => row.day >= day - (row.tid === '' ? 0 : KEPT_DAYS));
    return this.#table.size < this.#most;
  }
}

function askedOf(value: Value): Asked {
  const [epc, tid, actor, t] = Array.isArray(value) ? (value as readonly Value[]) : [];
  if (typeof epc !== 'string' || typeof tid !== 'string') throw new TypeError('tags: a question without tag');
  if (typeof actor !== 'number' || typeof t !== 'number') throw new TypeError('tags: a question of nobody');
  return { epc, tid, actor, t };
}
