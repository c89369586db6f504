/**
 * A map with an undo log: writes are seen at once by later reads, and `discard` takes them back
 * to the last `commit`. Deciding works on it so that state advances only after a batch is durable.
 */
export class Overlay<K, V> {
  readonly #current = new Map<K, V>();
  readonly #undo = new Map<K, V | undefined>();

  get(key: K): V | undefined {
    return this.#current.get(key);
  }

  set(key: K, value: V): void {
    this.#remember(key);
    this.#current.set(key, value);
  }

  delete(key: K): void {
    this.#remember(key);
    this.#current.delete(key);
  }

  entries(): IterableIterator<[K, V]> {
    return this.#current.entries();
  }

  get size(): number {
    return this.#current.size;
  }

  commit(): void {
    this.#undo.clear();
  }

  discard(): void {
    for (const [key, old] of this.#undo) {
      if (old === undefined) this.#current.delete(key);
      else this.#current.set(key, old);
    }
    this.#undo.clear();
  }

  #remember(key: K): void {
    if (!this.#undo.has(key)) this.#undo.set(key, this.#current.get(key));
  }
}
