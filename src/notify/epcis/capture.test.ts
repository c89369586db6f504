import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { documentOf, epc, HandJournal, T0 } from '../../../test/epcis/journal.ts';
import { TestRepository } from '../../../test/epcis/repository.ts';
import { RecordType } from '../../domain/record.ts';
import { writeEvent } from '../../epcis/event-writer.ts';
import { Capture, type Outgoing } from './capture.ts';
import { captureStateText, NOTHING_SENT, readCaptureState } from './capture-state.ts';
import { openRepository } from './repository.ts';

/** Ten things put somewhere: an event each. */
const MADE = Array.from({ length: 10 }, (_, i) => i)
  .reduce(
    (journal, i) =>
      journal.add(T0 + i, 0, RecordType.goods, [1, 'lot', epc(`3074257bf7194e4000001a${80 + i}`), 'yard']),
    new HandJournal(),
  )
  .events();
const EVENTS: readonly Outgoing[] = MADE.map(({ id, event }, i) => ({
  seq: i + 1,
  id,
  isDeclaration: false,
  json: writeEvent(event),
}));
const IDS = EVENTS.map(({ id }) => id);

let partner: TestRepository;
let url: string;
beforeEach(async () => {
  partner = new TestRepository('secret');
  url = await partner.listen();
});
afterEach(() => partner[Symbol.asyncDispose]());

/** One life of a capture client; what it kept is all that a next one has. */
class Life implements AsyncDisposable {
  readonly events: Outgoing[];
  readonly capture: Capture;
  readonly kept: { text: string | null };
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(kept: { text: string | null } = { text: null }, events: readonly Outgoing[] = EVENTS) {
    this.kept = kept;
    this.events = [...events];
    this.capture = new Capture({
      repository: openRepository({ url: `${url}/v2`, lan: true, token: () => 'secret' }),
      following: (after, limit) => this.events.filter((e) => e.seq > after).slice(0, limit),
      compose: (list) => {
        const text = documentOf(MADE.filter(({ id }) => list.some((one) => one.id === id)));
        return list.some((e) => e.json === 'unsound') ? { ok: false, why: 'unsound' } : { ok: true, text };
      },
      state: readCaptureState(kept.text),
      keep: (state) => (kept.text = captureStateText(state)),
      now: () => performance.now() | 0,
      random: () => 0,
    });
    this.#running = this.capture.run(this.#stop.signal);
  }

  /** Until a condition holds; the test's own time is the limit. */
  async until(holds: () => boolean): Promise<void> {
    await vi.waitFor(() => expect(holds()).toBe(true), { timeout: 30_000, interval: 10 });
  }

  async isIdle(): Promise<void> {
    await this.until(() => this.capture.standing.state === 'idle');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

describe('a repository that does as the standard says', () => {
  it('is told of every event once, in order, and a 202 is not stored', async () => {
    partner.runningFor = 3;
    await using life = new Life();
    await life.until(() => partner.calls.includes('POST /v2/capture 202'));
    expect(life.capture.standing.kept).toMatchObject({ after: 0, storedAt: null });
    await life.isIdle();
    expect(partner.ids).toEqual(IDS);
    expect(life.capture.standing.kept).toMatchObject({ after: 10, flight: null, refused: [] });
    expect(partner.calls.filter((c) => c.startsWith('POST'))).toEqual(['POST /v2/capture 202']);
  });

  it('is told of what comes later, when it comes', async () => {
    await using life = new Life({ text: null }, EVENTS.slice(0, 4));
    await life.isIdle();
    life.events.push(...EVENTS.slice(4));
    life.capture.wake();
    await life.until(() => partner.stored.length === 10);
    expect(partner.ids).toEqual(IDS);
  });

  it('that refuses one event gets all others, and that one is put where people see it', async () => {
    partner.dislikes.add(IDS[6] ?? '');
    await using life = new Life();
    await life.until(() => life.capture.standing.kept.after === 10);
    expect(partner.ids.toSorted()).toEqual(IDS.filter((id) => id !== IDS[6]).toSorted());
    expect(life.capture.standing.kept.refused).toMatchObject([{ event: IDS[6], why: `["not ${IDS[6]}"]` }]);
  });

  it('that takes only small documents gets small ones', async () => {
    partner.mostEvents = 3;
    await using life = new Life();
    await life.until(() => life.capture.standing.kept.after === 10);
    expect(partner.ids).toEqual(IDS);
  });

  it('never sees an event that is not sound', async () => {
    const broken = EVENTS.map((e, i) => (i === 0 ? { ...e, json: 'unsound' } : e));
    await using life = new Life({ text: null }, broken);
    await life.until(() => life.capture.standing.kept.after === 10);
    expect(partner.ids).toEqual(IDS.slice(1));
    expect(life.capture.standing.kept.refused).toMatchObject([{ event: IDS[0], why: 'unsound' }]);
  });
});

describe('a restart', () => {
  it('while a job is under way goes on asking for that very job', async () => {
    partner.runningFor = 1_000_000;
    const kept = { text: null };
    {
      await using life = new Life(kept);
      await life.until(() => life.capture.standing.kept.flight?.job?.startsWith(url) === true);
    }
    partner.runningFor = 0;
    await using life = new Life(kept);
    await life.isIdle();
    expect(partner.ids).toEqual(IDS);
    expect(partner.calls.filter((c) => c.startsWith('POST'))).toHaveLength(1);
  });

  it('after an answer that never came repeats nothing that is there', async () => {
    const kept = { text: null as string | null };
    partner.fault = 'drops-answer';
    {
      await using life = new Life(kept);
      await life.until(() => life.capture.standing.state === 'failing');
    }
    partner.fault = 'none';
    // It stored what it took, though it could not say so.
    partner.stored.push(...MADE.slice(0, 5).map(({ id }) => ({ eventID: id })));
    await using life = new Life(kept);
    await life.isIdle();
    expect(partner.ids.toSorted()).toEqual(IDS.toSorted());
    expect(new Set(partner.ids).size).toBe(10);
  });

  it('knows nothing of a state that is not its own', () => {
    expect(readCaptureState(null)).toEqual(NOTHING_SENT);
    expect(() => readCaptureState('{"after":-1}')).toThrow();
  });
});

describe('a repository that does not', () => {
  it.each([
    ['down', '503'],
    ['no-location', 'without the address of a capture job'],
    ['elsewhere', 'the capture job is elsewhere: http://evil.example'],
    ['forgets-jobs', 'does not know its capture job'],
    ['lies', 'is stored, and does not have it'],
  ] as const)('(%s) is told again later, and nothing counts as stored', async (fault, why) => {
    partner.fault = fault;
    await using life = new Life();
    await life.until(() => life.capture.standing.state === 'failing');
    expect(life.capture.standing.lastError).toContain(why);
    expect(life.capture.standing.kept).toMatchObject({ after: 0, storedAt: null });
    partner.fault = 'none';
    await life.isIdle();
    expect(partner.ids).toEqual(IDS);
    expect(new Set(partner.ids).size).toBe(10);
  });

  it('answers no queries is believed what its capture job says', async () => {
    partner.fault = 'no-query';
    await using life = new Life();
    await life.until(
      () => life.capture.standing.kept.after === 10 || life.capture.standing.state === 'failing',
    );
    expect(life.capture.standing).toMatchObject({ lastError: null, kept: { after: 10 } });
  });

  it('hangs is let go at once when the gateway stops', async () => {
    partner.fault = 'silent';
    {
      await using life = new Life();
      await life.until(() => partner.calls.length > 0);
      expect(life.capture.standing.kept.flight).toMatchObject({ to: 10, job: null });
    }
    expect(partner.stored).toEqual([]);
  });
});
