import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { PushOrder } from '../../api/push-types.ts';
import { fsyncDirectory } from '../../buffer/connection.ts';
import { Refused } from '../../domain/errors.ts';

const FOLDER = 'push';
/** Browsers of one person: each costs a call for every notice. */
const MOST = 10;

/**
 * The browsers that people subscribed through the page, a file each person that the daemon alone may
 * read: who has such an address can write to that browser. They are no evidence and in no record.
 */
export class PushStore {
  readonly #folder: string;
  readonly #kept = new Map<string, readonly PushOrder[]>();

  constructor(directory: string) {
    this.#folder = join(directory, FOLDER);
  }

  /** Those of a person, the newest last. */
  of(person: string): readonly PushOrder[] {
    const known = this.#kept.get(person);
    if (known !== undefined) return known;
    const read = this.#read(person);
    this.#kept.set(person, read);
    return read;
  }

  /** Durable when it returns. @throws Refused CONFLICT for one too many */
  add(person: string, order: PushOrder): void {
    const others = this.of(person).filter((one) => one.endpoint !== order.endpoint);
    if (others.length >= MOST) {
      throw new Refused('CONFLICT', `${MOST} browsers of ${person} are told already; take one away first`);
    }
    this.#write(person, [...others, order]);
  }

  remove(person: string, endpoint: string): void {
    const before = this.of(person);
    const left = before.filter((one) => one.endpoint !== endpoint);
    if (left.length < before.length) this.#write(person, left);
  }

  #read(person: string): readonly PushOrder[] {
    try {
      const list: unknown = JSON.parse(readFileSync(this.#file(person), 'utf8'));
      return Array.isArray(list) ? list.filter(isOrder) : [];
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  }

  #write(person: string, list: readonly PushOrder[]): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const file = this.#file(person);
    const fd = openSync(`${file}.new`, 'w', 0o600);
    try {
      writeSync(fd, JSON.stringify(list));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(`${file}.new`, file);
    fsyncDirectory(this.#folder);
    this.#kept.set(person, list);
  }

  /** Ids of people are letters, digits and hyphens. */
  #file(person: string): string {
    return join(this.#folder, `${person}.json`);
  }
}

function isOrder(value: unknown): value is PushOrder {
  return typeof value === 'object' && value !== null && 'endpoint' in value && 'keys' in value;
}
