import { setTimeout as delay } from 'node:timers/promises';
import { Daemon } from '../daemon.ts';
import type { Site } from '../gateway-site.ts';

/** Kills in one run; the nightly run asks for more. */
export const ROUNDS = Number(process.env['BAILEE_CRASH_ROUNDS'] ?? 100);
const SEED = Number(process.env['BAILEE_CRASH_SEED'] ?? Date.now() % 1_000_000);
/** Every so many rounds the process is killed while it starts. */
const AT_START_EVERY = 5;

/** Starts a gateway and kills it, so many times, each at a moment of its own that the seed decides. */
export class Kills {
  readonly #random = randomOf(SEED);
  readonly #rounds: number;
  #round = 0;

  constructor(rounds: number) {
    this.#rounds = rounds;
  }

  /**
   * @param between done after each kill, while no gateway lives
   */
  async run(site: Site, between: (round: number) => Promise<void> = async () => {}): Promise<void> {
    for (; this.#round < this.#rounds; this.#round++) {
      await this.#live(site.file);
      await between(this.#round);
    }
  }

  /** What a failure needs to be seen again. */
  get told(): string {
    return `${this.#round} of ${this.#rounds} kills, BAILEE_CRASH_SEED=${SEED} BAILEE_CRASH_ROUNDS=${ROUNDS}`;
  }

  async #live(file: string): Promise<void> {
    if (this.#round % AT_START_EVERY === AT_START_EVERY - 1) {
      await Daemon.cutWhileStarting(file, 50 + this.#random() * 500);
      return;
    }
    await using daemon = await Daemon.start(file);
    await delay(100 + this.#random() * 600);
    await daemon.cut();
  }
}

/** Mulberry32: the same seed gives the same moments. */
function randomOf(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
