import { backoffMs, CHANNEL_BACKOFF } from '../backoff.ts';
import { pause } from '../pause.ts';
import { withRefusal, type CaptureState } from './capture-state.ts';
import type { EventName, Repository } from './repository.ts';

/** An event that is to be told. */
export type Outgoing = EventName & { readonly seq: number; readonly json: string };

export type CaptureParts = {
  readonly repository: Repository;
  /** The next events behind `after`, in their order. */
  readonly following: (after: number, limit: number) => readonly Outgoing[];
  /** A document of these events, or why it is not sound: such a one is never sent. */
  readonly compose: (
    events: readonly Outgoing[],
  ) => { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };
  readonly state: CaptureState;
  /** Durable when it returns. */
  readonly keep: (state: CaptureState) => void;
  readonly now: () => number;
  readonly random: () => number;
};

const MOST_EVENTS = 50;
/** Of a batch, unless it is one event. */
const MOST_SIGNS = 1_000_000;
/** A capture job is asked for so often at first, and then less, ms. */
const POLL = { firstMs: 200, mostMs: 30_000 };
/** A job that runs longer is left, and it is looked what became of its events, ms. */
const JOB_MS = 600_000;

export type CaptureStanding = {
  readonly state: 'idle' | 'sending' | 'polling' | 'failing';
  readonly lastError: string | null;
  readonly kept: CaptureState;
};

/**
 * Tells a partner's EPCIS repository of events, one batch after the other. What goes is on record before it is sent;
 * a 202 is not stored, its capture job says when it is. After a restart, or whenever nobody knows what became of a batch, the
 * repository is asked which of its events it has before anything is sent again. One event it refuses never holds up others.
 */
export class Capture {
  readonly #parts: CaptureParts;
  #kept: CaptureState;
  #state: CaptureStanding['state'] = 'idle';
  #lastError: string | null = null;
  #failures = 0;
  #most = MOST_EVENTS;
  #wake: () => void = () => undefined;
  #isWoken = false;

  constructor(parts: CaptureParts) {
    this.#parts = parts;
    this.#kept = parts.state;
  }

  get standing(): CaptureStanding {
    return { state: this.#state, lastError: this.#lastError, kept: this.#kept };
  }

  /** There may be more events. */
  wake(): void {
    this.#isWoken = true;
    if (this.#state === 'idle') this.#wake();
  }

  /** Works until the signal aborts. Rejects when what is sent cannot be kept on record. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#isWoken = false;
      const due = this.#due();
      if (due === null) {
        this.#state = 'idle';
        if (!this.#isWoken) await pause(Infinity, signal, (wake) => (this.#wake = wake));
        continue;
      }
      const failure = await this.#settle(due, signal).then(
        () => null,
        (error: unknown) => ({ error }),
      );
      if (signal.aborted) return;
      if (failure === null) this.#succeed();
      else await this.#fail(failure.error, signal);
    }
  }

  /** The batch that may have been sent before, else the next one; null for none. */
  #due(): { readonly events: readonly Outgoing[]; readonly isFresh: boolean } | null {
    const { after, flight } = this.#kept;
    if (flight !== null) {
      const events = this.#parts.following(after, MOST_EVENTS).filter(({ seq }) => seq <= flight.to);
      if (events.length > 0) return { events, isFresh: false };
      this.#keep({ ...this.#kept, flight: null });
    }
    const events = small(this.#parts.following(after, this.#most));
    const to = events.at(-1)?.seq;
    if (to === undefined) return null;
    this.#keep({ ...this.#kept, flight: { to, job: null, since: this.#parts.now() } });
    return { events, isFresh: true };
  }

  async #settle(
    { events, isFresh }: { readonly events: readonly Outgoing[]; readonly isFresh: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const { repository } = this.#parts;
    let job = this.#kept.flight?.job ?? null;
    if (job === null) {
      this.#state = 'sending';
      const has = isFresh ? null : await repository.has(events, signal);
      const missing = has === null ? events : events.filter((event) => nameIn(has, event) === null);
      if (missing.length === 0) return this.#stored(events);
      const document = this.#parts.compose(missing);
      if (!document.ok) return this.#refused(events, document.why);
      const sent = await repository.send(document.text, signal);
      if (sent.is === 'too-large') return this.#refused(events, 'it is too large for the repository');
      if (sent.is === 'refused') return this.#refused(events, sent.why);
      ({ job } = sent);
      const { flight } = this.#kept;
      if (flight !== null) this.#keep({ ...this.#kept, flight: { ...flight, job } });
    }
    this.#state = 'polling';
    const ended = await this.#poll(job, signal);
    if (ended.is === 'refused') return this.#refused(events, ended.why);
    if (ended.is !== 'stored') {
      this.#forgetJob();
      throw new Error(
        ended.is === 'gone'
          ? 'the repository does not know its capture job'
          : `its capture job has run for ${JOB_MS / 60_000} minutes`,
      );
    }
    const has = await repository.has(events, signal);
    const lost = has === null ? undefined : events.find((event) => nameIn(has, event) === null);
    if (lost !== undefined) {
      this.#forgetJob();
      throw new Error(`the repository says that ${lost.id} is stored, and does not have it`);
    }
    this.#stored(events);
  }

  async #poll(job: string, signal: AbortSignal) {
    const { repository, now, random } = this.#parts;
    for (let n = 1; ; n++) {
      const found = await repository.job(job, signal);
      if (found.is !== 'running') return found;
      if (now() - (this.#kept.flight?.since ?? 0) > JOB_MS) return found;
      await pause(backoffMs(POLL, n, random()), signal);
      signal.throwIfAborted();
    }
  }

  #forgetJob(): void {
    const { flight } = this.#kept;
    if (flight !== null)
      this.#keep({ ...this.#kept, flight: { ...flight, job: null, since: this.#parts.now() } });
  }

  #stored(events: readonly Outgoing[]): void {
    this.#most = Math.min(MOST_EVENTS, this.#most * 2);
    this.#keep({
      ...this.#kept,
      after: events.at(-1)?.seq ?? this.#kept.after,
      flight: null,
      storedAt: this.#parts.now(),
    });
  }

  /** One event alone is put aside where people see it; of several, fewer are tried, until it is known which. */
  #refused(events: readonly Outgoing[], why: string): void {
    const [only] = events;
    if (only === undefined) return;
    if (events.length === 1) {
      const refused = withRefusal(this.#kept, only.id, this.#parts.now(), why);
      this.#keep({ ...this.#kept, after: only.seq, flight: null, refused });
      return;
    }
    this.#most = Math.max(1, Math.floor(events.length / 2));
    // Some may be there nevertheless: the smaller batch is looked for first.
    const to = events[this.#most - 1]?.seq ?? only.seq;
    this.#keep({ ...this.#kept, flight: { to, job: null, since: this.#parts.now() } });
  }

  #succeed(): void {
    this.#failures = 0;
    this.#lastError = null;
  }

  async #fail(error: unknown, signal: AbortSignal): Promise<void> {
    this.#failures++;
    this.#state = 'failing';
    this.#lastError = error instanceof Error ? error.message : String(error);
    await pause(backoffMs(CHANNEL_BACKOFF, this.#failures, this.#parts.random()), signal);
  }

  #keep(state: CaptureState): void {
    this.#parts.keep(state);
    this.#kept = state;
  }
}

/** The name in a set that is this event's; null for none. */
function nameIn(has: ReadonlySet<EventName>, event: EventName): EventName | null {
  for (const one of has) if (one.id === event.id && one.isDeclaration === event.isDeclaration) return one;
  return null;
}

/** The first of these, as far as they are not too large together. */
function small(events: readonly Outgoing[]): readonly Outgoing[] {
  let signs = 0;
  const end = events.findIndex(({ json }, i) => (signs += json.length) > MOST_SIGNS && i > 0);
  return end === -1 ? events : events.slice(0, end);
}
