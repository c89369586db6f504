import type * as Pkcs11js from 'pkcs11js';
import { ConfigError, StorageError } from '../../domain/errors.ts';
import { toHex } from '../../evidence/encodings.ts';
import { loadAddon, type Addon } from './addon.ts';

/** How a token and a key in it are named (RFC 7512); null leaves it open. */
export type TokenName = { readonly label: string | null; readonly serial: string | null };
export type ObjectName = { readonly label: string | null; readonly id: Uint8Array | null };

type Handle = Pkcs11js.Handle;

/** CK_TOKEN_INFO flags and CKR codes that the addon does not name (PKCS #11 v2.40). */
const FLAG = { loginRequired: 0x4, finalTry: 0x2_0000, locked: 0x4_0000 } as const;
const CKR = { pinIncorrect: 0xa0, pinInvalid: 0xa1, pinLenRange: 0xa2, pinLocked: 0xa4 } as const;
const AT = { module: ['keys', 'pkcs11', 'module'], pin: ['keys', 'pkcs11', 'pin'] } as const;

/**
 * One PKCS #11 token, logged in for as long as the process runs. The PIN is tried once: a token that
 * refuses it, or has one try left, is left to a person, because each further try may lock it for good.
 */
export class Token implements Disposable {
  readonly #addon: Addon;
  readonly #module: Pkcs11js.PKCS11;
  readonly #named: string;
  readonly #session: Handle;

  /** @throws ConfigError for module, name or PIN; StorageError IO when the token is not there */
  constructor(module: string, name: TokenName, pin: string) {
    this.#addon = loadAddon();
    this.#module = load(this.#addon, module);
    this.#named = `the token ${[name.label, name.serial].filter((x) => x !== null).join(' ')}`;
    try {
      this.#module.C_Initialize();
    } catch (error) {
      throw error instanceof this.#addon.Pkcs11Error
        ? this.#fault('has no module that starts', error)
        : error;
    }
    try {
      const slot = this.#find(name);
      this.#session = this.#module.C_OpenSession(slot, this.#addon.CKF_SERIAL_SESSION);
      this.#login(slot, pin);
    } catch (error) {
      this.#module.C_Finalize();
      throw error instanceof this.#addon.Pkcs11Error ? this.#fault('cannot be opened', error) : error;
    }
  }

  [Symbol.dispose](): void {
    try {
      this.#module.C_Finalize();
    } catch (error) {
      // A token that was pulled out has no session left to end.
      if (!(error instanceof this.#addon.Pkcs11Error)) throw error;
    }
  }

  /** The private key of this name, and the point of the public key stored beside it. */
  key(name: ObjectName): { readonly handle: Handle; readonly point: Uint8Array } | string {
    const { CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKA_ID } = this.#addon;
    const found = this.#objects(CKO_PRIVATE_KEY, name);
    const [handle] = found;
    if (handle === undefined) return `${this.#named} has no private key ${written(name)}`;
    if (found.length > 1)
      return `${this.#named} has more than one private key ${written(name)}; name it by id as well`;
    const id = this.#attribute(handle, CKA_ID);
    const beside = this.#objects(CKO_PUBLIC_KEY, id.length === 0 ? name : { label: name.label, id });
    const [publicKey] = beside;
    if (publicKey === undefined)
      return `${this.#named} has no public key beside the private key ${written(name)}`;
    return { handle, point: this.#attribute(publicKey, this.#addon.CKA_EC_POINT) };
  }

  /**
   * 64 bytes of a signature; blocks until the token has answered.
   * @throws StorageError IO when the token does not sign: what it does not sign is not acknowledged
   */
  sign(key: Handle, mechanism: number, data: Uint8Array): Uint8Array {
    try {
      this.#module.C_SignInit(this.#session, { mechanism }, key);
      return Uint8Array.from(this.#module.C_Sign(this.#session, Buffer.from(data), Buffer.alloc(64)));
    } catch (error) {
      throw error instanceof this.#addon.Pkcs11Error ? this.#fault('does not sign', error) : error;
    }
  }

  #find(name: TokenName): Handle {
    const slots = this.#module.C_GetSlotList(true).filter((slot) => {
      const { label, serialNumber } = this.#module.C_GetTokenInfo(slot);
      return (
        (name.label === null || label.trimEnd() === name.label) &&
        (name.serial === null || serialNumber.trim() === name.serial)
      );
    });
    const [slot] = slots;
    if (slot === undefined) throw new StorageError('IO', `${this.#named} is not there; is it plugged in?`);
    if (slots.length > 1)
      throw refusal(
        ['keys', 'log-key'],
        `names ${slots.length} tokens that are there; give its serial as well`,
      );
    return slot;
  }

  #login(slot: Handle, pin: string): void {
    const { flags } = this.#module.C_GetTokenInfo(slot);
    if ((flags & FLAG.loginRequired) === 0) return;
    const objection = pinObjection(flags);
    if (objection !== null) throw refusal(AT.pin, `is not tried: ${this.#named} ${objection}`);
    try {
      this.#module.C_Login(this.#session, this.#addon.CKU_USER, pin);
    } catch (error) {
      const codes: readonly number[] = Object.values(CKR);
      if (!(error instanceof this.#addon.Pkcs11Error) || !codes.includes(error.code)) throw error;
      const message = `is refused by ${this.#named} (${error.message}); it was tried once and is not tried again`;
      throw refusal(AT.pin, message);
    }
  }

  #objects(kind: number, { label, id }: ObjectName): Handle[] {
    const { CKA_CLASS, CKA_LABEL, CKA_ID } = this.#addon;
    const template: Pkcs11js.Template = [{ type: CKA_CLASS, value: kind }];
    if (label !== null) template.push({ type: CKA_LABEL, value: label });
    if (id !== null) template.push({ type: CKA_ID, value: Buffer.from(id) });
    this.#module.C_FindObjectsInit(this.#session, template);
    const found = this.#module.C_FindObjects(this.#session, 2);
    this.#module.C_FindObjectsFinal(this.#session);
    return found;
  }

  #attribute(object: Handle, type: number): Uint8Array {
    const [read] = this.#module.C_GetAttributeValue(this.#session, object, [{ type }]);
    return Uint8Array.from(read?.value ?? []);
  }

  #fault(what: string, cause: Error): StorageError {
    return new StorageError('IO', `${this.#named} ${what}: ${cause.message}`, { cause });
  }
}

/** What keeps a PIN from being tried, by the flags of a token's CK_TOKEN_INFO; null when nothing does. */
export function pinObjection(flags: number): string | null {
  if ((flags & FLAG.locked) !== 0) return 'is locked: its PIN was wrong too often';
  if ((flags & FLAG.finalTry) === 0) return null;
  return 'would lock at one more wrong PIN; log in once by hand with the right one';
}

function load(addon: Addon, path: string): Pkcs11js.PKCS11 {
  const module = new addon.PKCS11();
  try {
    module.load(path);
    return module;
  } catch (error) {
    // The addon's own error, for a file that is not there or is no module.
    const why = error instanceof Error ? error.message : String(error);
    throw refusal(AT.module, `cannot be used as a PKCS #11 module: ${why}`);
  }
}

function refusal(path: readonly string[], message: string): ConfigError {
  return new ConfigError([{ path, message }]);
}

function written({ label, id }: ObjectName): string {
  const parts = [label === null ? [] : [`object=${label}`], id === null ? [] : [`id=${toHex(id)}`]].flat();
  return `"${parts.join(';')}"`;
}
