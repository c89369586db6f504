import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import type { ZipSink } from '../../evidence/zip-writer.ts';
import { StorageError } from '../../domain/errors.ts';

/** What is written to the file at once. */
const BUFFER = 128 * 1024;

/** A file in the making: it has its name only once it is whole, sound and on the medium. */
export class BundleFile implements ZipSink, Disposable {
  readonly path: string;
  readonly #fd: number;
  readonly #buffer = Buffer.allocUnsafe(BUFFER);
  #held = 0;
  #written = 0;
  #kept = false;
  #open = true;

  /** @throws StorageError IO */
  constructor(path: string) {
    this.path = path;
    this.#fd = guardedWrite(path, () => openSync(path, 'w', 0o600));
  }

  write(bytes: Uint8Array): void {
    if (this.#held + bytes.length > BUFFER) this.#flush();
    if (bytes.length > BUFFER) this.#put(bytes, this.#written);
    else {
      this.#buffer.set(bytes, this.#held);
      this.#held += bytes.length;
      return;
    }
    this.#written += bytes.length;
  }

  patch(at: number, bytes: Uint8Array): void {
    if (at >= this.#written) this.#buffer.set(bytes, at - this.#written);
    else {
      this.#flush();
      this.#put(bytes, at);
    }
  }

  /** All that was written, read back. */
  read(): Uint8Array {
    this.#flush();
    return guardedWrite(this.path, () => readFileSync(this.path));
  }

  /** The file stays; what goes before this is removed. */
  keep(): void {
    this.#flush();
    guardedWrite(this.path, () => fsyncSync(this.#fd));
    this.#kept = true;
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#fd);
    if (!this.#kept) rmSync(this.path, { force: true });
  }

  #flush(): void {
    this.#put(this.#buffer.subarray(0, this.#held), this.#written);
    this.#written += this.#held;
    this.#held = 0;
  }

  #put(bytes: Uint8Array, at: number): void {
    guardedWrite(this.path, () => {
      for (let done = 0; done < bytes.length;)
        done += writeSync(this.#fd, bytes, done, bytes.length - done, at + done);
    });
  }
}

/** @throws StorageError IO naming the file and the system's code */
export function guardedWrite<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new StorageError('IO', `${path} cannot be written: ${why}`, { cause: error });
  }
}
