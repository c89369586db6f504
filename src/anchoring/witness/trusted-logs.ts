import { parseOrigin, type Origin } from '../../evidence/checkpoint.ts';
import { noteKey, type NoteKey } from '../../evidence/note-key.ts';
import type { Sha256 } from '../../evidence/primitives.ts';

/** A log key that a witness trusts; its name is the origin. */
export type TrustedLog = {
  readonly key: NoteKey;
  /** Whether this key also speaks for later epochs of its gateway. */
  readonly laterEpochs: boolean;
};

/** Which keys may sign heads of which origin. */
export class TrustedLogs {
  readonly #sha256: Sha256;
  readonly #logs: readonly (TrustedLog & { readonly origin: Origin | null })[];

  constructor(sha256: Sha256, logs: readonly TrustedLog[]) {
    this.#sha256 = sha256;
    this.#logs = logs.map((log) => ({ ...log, origin: parseOrigin(log.key.name) }));
  }

  /** None for an origin that is not known. */
  keysOf(origin: string): readonly NoteKey[] {
    const asked = parseOrigin(origin);
    return this.#logs.flatMap((log) => {
      if (log.key.name === origin) return [log.key];
      if (!log.laterEpochs || asked === null || log.origin === null) return [];
      const isLater = gatewayOf(asked) === gatewayOf(log.origin) && asked.epoch > log.origin.epoch;
      return isLater ? [noteKey(this.#sha256, origin, 'ed25519', log.key.publicKey)] : [];
    });
  }
}

/** A gateway's name: its origins without their epochs. */
export function gatewayOf({ domain, gw }: Pick<Origin, 'domain' | 'gw'>): string {
  return `${domain}/gw/${gw}`;
}
