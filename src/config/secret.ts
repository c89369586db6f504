import { constants, closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { ConfigError, type Checked } from '../domain/errors.ts';

const REDACTED = '[redacted]';
/** Room for a bundle of certificates. */
const LARGEST_SECRET = 1024 * 1024;

/** A secret in memory: whatever prints it, logs it or turns it into JSON prints `[redacted]`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The secret itself, at the one place that needs it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

/** Keys whose value is a secret and may stand in configuration only by reference. */
export function isSecretPath(path: readonly (string | number)[]): boolean {
  const key = path.at(-1);
  if (typeof key !== 'string') return false;
  if (key === 'key' && (path.at(-2) === 'tls' || (path[0] === 'devices' && path.length === 3))) return true;
  if (key === 'pin' && path[0] === 'keys') return true;
  return /(^|[-_])(password|passphrase|secret|token|psk|(private|api|account|ledger|signing|log|sm2)[-_]?key)$/i.test(
    key,
  );
}

export function isReference(text: string): boolean {
  return /^file:./.test(text) || /^credential:[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/.test(text);
}

/** The hash of a token is no secret: a token is 256 random bits, and nobody guesses one from it. */
export function isTokenHash(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/**
 * Where `credential:NAME` is looked up: the folder systemd made for this unit
 * ($CREDENTIALS_DIRECTORY), null when the unit loads none. `checked: false` when the configuration
 * is only looked at (`bailee check` runs outside the unit) and the name's form is all that counts.
 */
export type Credentials =
  { readonly checked: true; readonly directory: string | null } | { readonly checked: false };

/** Reads secrets by the references found in configuration: `file:PATH` and `credential:NAME`. */
export class SecretStore {
  readonly #directory: string;
  readonly #credentials: Credentials;

  /** @param directory folder of the configuration file: relative `file:` paths start there */
  constructor(directory: string, credentials: Credentials) {
    this.#directory = directory;
    this.#credentials = credentials;
  }

  /** What keeps this reference from being read now, one sentence; null when nothing does. */
  objection(reference: string): string | null {
    if (!this.#credentials.checked && reference.startsWith('credential:')) return null;
    const secret = this.#open(reference);
    return secret.ok ? null : (secret.problems[0]?.message ?? null);
  }

  /** @throws ConfigError when the secret cannot be had; its message never holds the secret */
  read(reference: string): Secret {
    const secret = this.#open(reference);
    if (!secret.ok) throw new ConfigError(secret.problems);
    return secret.value;
  }

  #open(reference: string): Checked<Secret> {
    if (!isReference(reference)) return refusal(INLINE);
    const path = this.#path(reference);
    if (path === null) return refusal(`${reference} is not there: the unit loads no credentials`);
    return readSecretFile(path);
  }

  #path(reference: string): string | null {
    const name = reference.slice(reference.indexOf(':') + 1);
    if (reference.startsWith('file:')) return isAbsolute(name) ? name : resolve(this.#directory, name);
    const directory = this.#credentials.checked ? this.#credentials.directory : null;
    return directory === null ? null : join(directory, name);
  }
}

export const INLINE =
  'must be a reference, "file:/path" or "credential:NAME"; a secret never stands in configuration';

function refusal(message: string): Checked<Secret> {
  return { ok: false, problems: [{ path: [], message }] };
}

function readSecretFile(path: string): Checked<Secret> {
  let fd: number;
  try {
    // O_NONBLOCK: a named pipe in its place must not hang the start.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return refusal(`the secret file ${path} cannot be opened: ${codeOf(error)}`);
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return refusal(`the secret file ${path} is not a regular file`);
    if (stat.size > LARGEST_SECRET) return refusal(`the secret file ${path} is larger than 1 MiB`);
    const value = readFileSync(fd, 'utf8').replace(/\r?\n$/, '');
    if (value === '') return refusal(`the secret file ${path} is empty`);
    const forbidden = isPublic(value) ? OTHERS_WRITE : OTHERS;
    if ((stat.mode & forbidden) !== 0) {
      return refusal(`the secret file ${path} is open to every user of this machine; chmod o= it`);
    }
    return { ok: true, value: new Secret(value) };
  } catch (error) {
    return refusal(`the secret file ${path} cannot be read: ${codeOf(error)}`);
  } finally {
    closeSync(fd);
  }
}

/** Permission bits of users who neither own the file nor are in its group. */
const OTHERS = 0o007;
const OTHERS_WRITE = 0o002;

/** A certificate is no secret, though it is named by a reference like one: it may be read by all. */
function isPublic(content: string): boolean {
  return /^-----BEGIN CERTIFICATE-----/m.test(content) && !content.includes('PRIVATE KEY');
}

/** The system's code of a failed call, e.g. `ENOENT`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
