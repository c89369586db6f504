import type { Arrival, Sink, TagObservation } from '../../domain/device.ts';
import { readScan, scannedBytes } from '../../domain/epc/scanned.ts';
import { Quality } from '../../domain/reading.ts';
import type { Reading } from '../../domain/reading.ts';
import type { LineState } from '../line.ts';
import type { Heard } from '../talker/frame-scanner.ts';
import { Standing } from '../standing.ts';
import { ScanReader } from './codec.ts';
import type { ScannerPlan } from './plan.ts';
import { daysLeft } from './shelf-life.ts';

/** Codes remembered so that the same one again is no second scan. */
const MOST_RECENT = 1000;

/** What was scanned last. */
type Last = { readonly understood: boolean; readonly daysLeft: number | null };

/**
 * Listens to one scanner. A scanner that is not used says nothing, so silence is no fault: what is
 * told of it is that its line is open. Times `now` are monotonic ms.
 */
export class Ear {
  readonly #plan: ScannerPlan;
  readonly #sink: Sink;
  readonly #t: () => number;
  readonly #reader: ScanReader;
  readonly #standing: Standing;
  /** When each code was last heard, oldest first. */
  readonly #recent = new Map<string, number>();
  readonly #counted = new Set<string>();
  #reads = 0;
  #isUp = false;
  #last: Last | null = null;
  #heardAt = 0;
  #dueAt: number;

  /** @param t evidence time, ms */
  constructor(plan: ScannerPlan, sink: Sink, t: () => number, now: number) {
    this.#plan = plan;
    this.#sink = sink;
    this.#t = t;
    this.#reader = new ScanReader(plan.format);
    this.#standing = new Standing(plan.id);
    this.#dueAt = now + plan.everyMs;
  }

  lineBecame(state: LineState, now: number): void {
    this.#reader.forget();
    this.#isUp = state.up;
    if (state.reason === 'closed' || state.reason === 'opening') return;
    // A scanner tells nothing about itself: that its line is open is all there is to know.
    const health = [...this.#standing.line(state), ...(state.up ? this.#standing.good() : [])];
    if (!state.up) this.#last = null;
    if (health.length > 0) this.#sink({ readings: this.#readings(), health });
    this.#dueAt = now + this.#plan.everyMs;
  }

  hear(chunk: Uint8Array, now: number): void {
    this.#heardAt = now;
    for (const heard of this.#reader.push(chunk)) this.#take(heard, now);
  }

  watch(now: number): void {
    if (this.#reader.kept > 0 && now - this.#heardAt >= this.#plan.gapMs) {
      for (const heard of this.#reader.expire()) this.#take(heard, now);
    }
    if (now < this.#dueAt) return;
    this.#dueAt = now + this.#plan.everyMs;
    const { codes } = this.#plan.streams;
    const round = { stream: codes.id, distinct: this.#counted.size, reads: this.#reads };
    this.#sink({ readings: this.#readings(), ...(this.#isUp ? { rounds: [round] } : {}) });
    this.#counted.clear();
    this.#reads = 0;
  }

  #take(heard: Heard<string>, now: number): void {
    if (!heard.ok) {
      const { code, detail } = heard;
      const stream = this.#plan.streams.codes.id;
      const refusals = [{ device: this.#plan.id, stream, code, detail }];
      this.#sink({ readings: [], refusals, health: this.#standing.failed(code) });
      return;
    }
    this.#reads++;
    if (this.#isRepeat(heard.value, now)) return;
    this.#counted.add(heard.value);
    this.#sink(this.#scanned(heard.value));
  }

  #scanned(text: string): Arrival {
    const { codes } = this.#plan.streams;
    const t = this.#t();
    const read = readScan(text);
    const elements = read.kind === 'code' ? read.code.elements : null;
    this.#last = {
      understood: read.kind === 'code',
      daysLeft: elements === null ? null : daysLeft(elements, t),
    };
    const observation: TagObservation = {
      stream: codes.id,
      epc: scannedBytes(text),
      tid: null,
      antenna: 1,
      first: t,
      last: t,
      reads: 1,
      rssi: 0,
      // The time is ours.
      q: Quality.deviceTimeUncertain,
    };
    const health = this.#standing.good();
    return { readings: this.#ofLast(this.#last), observations: [observation], health };
  }

  #isRepeat(text: string, now: number): boolean {
    const before = this.#recent.get(text);
    this.#recent.delete(text);
    this.#recent.set(text, now);
    for (const [old, at] of this.#recent) {
      if (this.#recent.size <= MOST_RECENT && now - at < this.#plan.dwellMs) break;
      this.#recent.delete(old);
    }
    return before !== undefined && now - before < this.#plan.dwellMs;
  }

  #readings(): Reading[] {
    const { scans } = this.#plan.streams;
    const count = { stream: scans.id, v: this.#isUp ? this.#counted.size : null, q: Quality.good };
    return [count, ...this.#ofLast(this.#last)];
  }

  /** What was scanned last stays so until the next scan, or until the line was lost. */
  #ofLast(last: Last | null): Reading[] {
    const { understood, daysLeft: days } = this.#plan.streams;
    return [
      { stream: understood.id, v: last === null ? null : Number(last.understood), q: Quality.good },
      { stream: days.id, v: last?.daysLeft ?? null, q: Quality.good },
    ];
  }
}
