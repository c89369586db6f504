import { createHash } from 'node:crypto';
import { nameInLog } from '../domain/notice-name.ts';
import { CHANNEL_BACKOFF, DEVICE_BACKOFF } from './backoff.ts';
import { Lane, type Pacing } from './lane.ts';
import { Pace, rankOf } from './pace.ts';
import { pause } from './pause.ts';
import type { Announce, Announcement, Channel, Command, DueEntry, Outbox, Outcome, Report } from './port.ts';

export type DispatchParts = {
  readonly outbox: Outbox;
  readonly report: Report;
  readonly announce: Announce;
  readonly command: Command;
  readonly channels: ReadonlyMap<string, Channel>;
  /** Of the log whose journal the outbox is in. */
  readonly origin: string;
  /** While there is a flood of alarms, people get digests. */
  readonly isFlood?: () => boolean;
  /** Evidence time, ms. */
  readonly now: () => number;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
};

/** Longest time one attempt may take, ms. */
const NOTICE_TIMEOUT_MS = 30_000;
const COMMAND_TIMEOUT_MS = 10_000;
/** How many entries are asked for beyond those in hand. */
const PAGE = 64;
/** A look at the outbox at least this often, ms, whatever else is known. */
const LONGEST_WAIT_MS = 60_000;
/** With entries in hand, the outbox's next due time says nothing of those behind them. */
const RECHECK_MS = 1000;
const GREAT_BACKLOG = 1000;
const NO_LANE = 'gone';

/**
 * Carries out the outbox: notices to people, orders to devices. What is tried and what came of it
 * goes to `report`, and an entry is in hand until the commit that settled it. If we die between
 * sending and that commit, the entry is sent again: at least once, under the same id, or in other
 * company under an id of that company, so that nobody takes the others for known.
 */
export class Dispatcher {
  readonly #parts: DispatchParts;
  readonly #lanes = new Map<string, Lane>();
  readonly #held = new Set<string>();
  #wake: () => void = () => undefined;
  /** All steps of evidence time so far, ms. Lanes live in time without them, so that a step moves nothing there. */
  #stepped = 0;

  constructor(parts: DispatchParts) {
    this.#parts = parts;
  }

  /** Something may be due: call it after each commit that brought outbox entries. */
  wake(): void {
    this.#wake();
  }

  /**
   * Evidence time was set by `a` ms, and the outbox with it: call it in the turn of that commit.
   * What lanes hold keeps its order and the time it has left.
   */
  shift(a: number): void {
    this.#stepped += a;
  }

  /** Entries in hand and whether each lane's endpoint is failing, for metrics and health. */
  get lanes(): readonly { readonly name: string; readonly waiting: number; readonly failing: boolean }[] {
    return [...this.#lanes].map(([name, lane]) => ({ name, waiting: lane.waiting, failing: lane.failing }));
  }

  /** Works until `stop` aborts. Rejects when an outcome could not be reported. */
  async run(stop: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const signal = AbortSignal.any([stop, ended.signal]);
    const broken = Promise.withResolvers<never>();
    const working = new Set<Promise<unknown>>();
    try {
      while (!signal.aborted) {
        for (const lane of this.#take()) {
          const work: Promise<unknown> = lane
            .drain(signal)
            .catch(broken.reject)
            .finally(() => working.delete(work));
          working.add(work);
        }
        // A look costs as much as is in hand: with a great backlog, not one for every commit.
        if (this.#held.size > GREAT_BACKLOG) await Promise.race([pause(RECHECK_MS, signal), broken.promise]);
        await Promise.race([pause(this.#untilNext(), signal, (wake) => (this.#wake = wake)), broken.promise]);
      }
    } finally {
      ended.abort();
      await Promise.allSettled(working);
    }
  }

  /** Puts what is due into its lanes; those in hand already do not hide the others. */
  #take(): Set<Lane> {
    const { outbox, now } = this.#parts;
    const touched = new Set<Lane>();
    for (let more = true; more;) {
      const limit = this.#held.size + PAGE;
      const due = outbox.due(now(), limit);
      const fresh = due.filter((entry) => !this.#held.has(entry.key));
      for (const entry of fresh) {
        this.#held.add(entry.key);
        const lane = this.#laneOf(entry);
        lane.add(moved(entry, -this.#stepped));
        touched.add(lane);
      }
      more = due.length === limit && fresh.length > 0;
    }
    return touched;
  }

  #untilNext(): number {
    const { outbox, now } = this.#parts;
    const next = outbox.nextDueAt();
    // What is due and in hand is the lanes' business; then only a commit or the clock brings more.
    const left = next === null || next <= now() ? LONGEST_WAIT_MS : next - now();
    return Math.min(left, this.#held.size > 0 ? RECHECK_MS : LONGEST_WAIT_MS);
  }

  #laneOf(entry: DueEntry): Lane {
    const name = this.#laneName(entry);
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const device = name.startsWith('device:');
    const lane = new Lane({
      attempt: (e, others, signal) => this.#attempt(e, others, signal),
      report: (e, outcome) => this.#report(e, outcome),
      backoff: device ? DEVICE_BACKOFF : CHANNEL_BACKOFF,
      timeoutMs: device ? COMMAND_TIMEOUT_MS : NOTICE_TIMEOUT_MS,
      now: () => this.#parts.now() - this.#stepped,
      random: this.#parts.random,
      pacing: this.#pacingOf(entry),
    });
    this.#lanes.set(name, lane);
    return lane;
  }

  /** Of a channel that must not be used too often. */
  #pacingOf({ body }: DueEntry): Pacing | null {
    const settings = body.kind === 'notice' ? this.#parts.channels.get(body.channel)?.pace : undefined;
    if (settings === undefined) return null;
    const pace = new Pace(settings);
    const { announce, isFlood } = this.#parts;
    const now = (): number => this.#parts.now() - this.#stepped;
    const aboutOf = (entry: DueEntry): Announcement | null =>
      entry.body.kind === 'notice' ? announce(entry.body) : null;
    return {
      rankOf: (entry) => rankOf(aboutOf(entry)),
      allowedAt: (entry) => pace.allowedAt(recipientOf(entry), aboutOf(entry), isFlood?.() === true),
      sent: (entries) => {
        const [first] = entries;
        if (first !== undefined) pace.sent(recipientOf(first), entries.map(aboutOf), now());
      },
    };
  }

  #laneName({ body }: DueEntry): string {
    if (body.kind === 'command') return `device:${body.device}`;
    return this.#parts.channels.get(body.channel)?.lane ?? NO_LANE;
  }

  async #report(held: DueEntry, inLane: Outcome): Promise<void> {
    const entry = moved(held, this.#stepped);
    const again = inLane.result === 'failed' && inLane.dueAt !== null;
    const outcome = again ? { ...inLane, dueAt: inLane.dueAt + this.#stepped } : inLane;
    await this.#parts.report(entry, entry.attempts + 1, outcome);
    this.#held.delete(entry.key);
    this.#wake();
  }

  /** Each alarm once, as it stands now; one whose rule is gone is left out beside others. */
  #told(entries: readonly DueEntry[]): Announcement[] {
    const found = entries.flatMap(({ body }) =>
      body.kind === 'notice' ? (this.#parts.announce(body) ?? []) : [],
    );
    return [...new Map(found.map((about) => [about.alarm, about])).values()];
  }

  async #attempt(held: DueEntry, along: readonly DueEntry[], signal: AbortSignal): Promise<void> {
    const entry = moved(held, this.#stepped);
    const { body, expiry } = entry;
    if (body.kind === 'command') {
      const order = { id: body.id, verb: body.verb, arg: body.arg, expiresAt: expiry };
      await this.#parts.command(body.device, order, signal);
      return;
    }
    const channel = this.#parts.channels.get(body.channel);
    if (channel === undefined) throw new Error(`there is no channel ${body.channel} any more`);
    const told = this.#told([held, ...along]);
    const [about, ...others] = told;
    if (about === undefined) throw new Error(`there is no alarm ${body.alarm} any more`);
    const { origin, now } = this.#parts;
    const notices = [held, ...along].map(({ key }) => sha256(nameInLog(origin, key)));
    const id = notices.length === 1 ? (notices[0] ?? '') : sha256(notices.toSorted().join('\n'));
    const attempt = entry.attempts + 1;
    await channel.send({ id, notices, attempt, role: body.role, about, others, at: now(), expiry }, signal);
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Whom a notice is for: a person, or all behind the channel. */
function recipientOf({ body }: DueEntry): string {
  return body.kind === 'notice' ? body.role : '';
}

function moved(entry: DueEntry, a: number): DueEntry {
  return a === 0 ? entry : { ...entry, t: entry.t + a, expiry: entry.expiry + a };
}
