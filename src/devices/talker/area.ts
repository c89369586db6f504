import { Presence } from './presence.ts';

/** Where somebody is: x to the right of the radar, y away from it. */
export type Place = { readonly xMm: number; readonly yMm: number };

/** Who is where in one frame, by whatever the radar calls them. */
export type Places = ReadonlyMap<number, Place>;

/** A rectangle in front of the radar, mm, borders inside. */
export type AreaPlan = {
  readonly name: string;
  readonly x: readonly [from: number, to: number];
  readonly y: readonly [from: number, to: number];
  /** Somebody counts as there after so long inside without a break, ms. */
  readonly dwellMs: number;
  /** The area counts as empty after so long without anybody, ms: a radar loses who stands still. */
  readonly holdMs: number;
};

/** Over which side somebody came in, as the radar sees it; `appeared` when they were not seen outside before. */
export const Entry = { none: 0, left: 1, right: 2, near: 3, far: 4, appeared: 5 } as const;
export type Entry = (typeof Entry)[keyof typeof Entry];

/** Farther than this from one frame to the next is somebody else, mm: 10 m/s at ten frames a second. */
const LONGEST_STEP_MM = 1000;

/** Watches one area over the frames. */
export class Area {
  readonly #plan: AreaPlan;
  readonly #presence: Presence;
  #before: Places = new Map();
  #entry: Entry = Entry.none;

  constructor(plan: AreaPlan) {
    this.#plan = plan;
    this.#presence = new Presence(plan.dwellMs, plan.holdMs);
  }

  step(places: Places, now: number): { readonly present: boolean; readonly entry: Entry } {
    const inside = [...places.values()].some((place) => this.#holds(place));
    if (inside && this.#entry === Entry.none) this.#entry = this.#cameBy(places);
    this.#before = places;
    const present = this.#presence.step(inside, now);
    if (!inside && !present) this.#entry = Entry.none;
    return { present, entry: present ? this.#entry : Entry.none };
  }

  #cameBy(places: Places): Entry {
    for (const [who, place] of places) {
      const before = this.#before.get(who);
      if (before === undefined || !this.#holds(place) || this.#holds(before)) continue;
      const step = Math.hypot(place.xMm - before.xMm, place.yMm - before.yMm);
      if (step <= LONGEST_STEP_MM) return this.#side(before);
    }
    return Entry.appeared;
  }

  /** The side a place outside lies on; at a corner the one it is farther out by. */
  #side({ xMm, yMm }: Place): Entry {
    const { x, y } = this.#plan;
    const out: [Entry, number][] = [
      [Entry.left, x[0] - xMm],
      [Entry.right, xMm - x[1]],
      [Entry.near, y[0] - yMm],
      [Entry.far, yMm - y[1]],
    ];
    return out.reduce((a, b) => (b[1] > a[1] ? b : a))[0];
  }

  #holds({ xMm, yMm }: Place): boolean {
    const { x, y } = this.#plan;
    return xMm >= x[0] && xMm <= x[1] && yMm >= y[0] && yMm <= y[1];
  }
}
