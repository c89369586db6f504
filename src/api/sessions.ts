import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Credential } from './port.ts';

/** A signed-in browser. `key` names it without opening it. */
export type OpenSession = {
  readonly key: string;
  readonly credential: Credential;
  readonly csrf: string;
  /** Opened within the last 5 minutes: who acts is still who signed in. */
  readonly isFresh: boolean;
};

type Kept = Omit<OpenSession, 'isFresh'> & { readonly openedAt: number; usedAt: number };

const IDLE_MS = 15 * 60_000;
const LONGEST_MS = 12 * 3_600_000;
const FRESH_MS = 5 * 60_000;
const MOST = 64;

/**
 * Sessions live in memory: a restart signs everybody out. An id is 256 random bits, of which only the
 * hash is kept. An open event stream counts as use, so that a page on the wall stays; 12 h is the end.
 */
export class Sessions {
  readonly #now: () => number;
  readonly #byKey = new Map<string, Kept>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  open(credential: Credential): { readonly id: string; readonly session: OpenSession } {
    this.#dropEnded();
    const [oldest] = this.#byKey.keys();
    if (this.#byKey.size >= MOST && oldest !== undefined) this.#byKey.delete(oldest);
    const id = randomBytes(32).toString('base64url');
    const at = this.#now();
    const csrf = randomBytes(24).toString('base64url');
    const session = { key: keyOf(id), credential, csrf, openedAt: at, usedAt: at };
    this.#byKey.set(session.key, session);
    return { id, session: { ...session, isFresh: true } };
  }

  /** The session of this id, used now; null when there is none (any more). */
  find(id: string): OpenSession | null {
    return this.use(keyOf(id));
  }

  use(key: string): OpenSession | null {
    const session = this.#byKey.get(key);
    if (session === undefined) return null;
    if (this.#isOver(session)) {
      this.#byKey.delete(key);
      return null;
    }
    session.usedAt = this.#now();
    return { ...session, isFresh: session.usedAt - session.openedAt <= FRESH_MS };
  }

  close(key: string): void {
    this.#byKey.delete(key);
  }

  #isOver({ openedAt, usedAt }: Kept): boolean {
    const now = this.#now();
    return now - usedAt > IDLE_MS || now - openedAt > LONGEST_MS;
  }

  #dropEnded(): void {
    for (const [key, session] of this.#byKey) if (this.#isOver(session)) this.#byKey.delete(key);
  }
}

function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}

/** The credential this token opens; compared with all of them in the same time, whichever it is. */
export function credentialOf(token: string, credentials: readonly Credential[]): Credential | null {
  const presented = createHash('sha256').update(token).digest();
  let found: Credential | null = null;
  for (const credential of credentials) {
    if (timingSafeEqual(presented, credential.sha256)) found = credential;
  }
  return found;
}

export function isSameText(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}
