/**
 * The key of this phone: made on it, kept by its browser, and never to be read, not by this page either. Whose hand it
 * is, a supervisor says who sees the person and the key's digits.
 */
const STORE = 'keys';
const NAME = 'signing';

export type PhoneKey = {
  /** Ed25519 public key, 64 small hexadecimal digits. */
  readonly digits: string;
  readonly sign: (message: Uint8Array<ArrayBuffer>) => Promise<string>;
};

/** @throws when the browser has no Ed25519, or the page came over a connection that is not secure */
export async function phoneKey(): Promise<PhoneKey> {
  const database = await open();
  const kept = await request<unknown>(database.transaction(STORE).objectStore(STORE).get(NAME));
  const pair = isPair(kept) ? kept : await make(database);
  const raw = await crypto.subtle.exportKey('raw', pair.publicKey);
  return {
    digits: hexOf(new Uint8Array(raw)),
    sign: async (message) =>
      hexOf(new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, message))),
  };
}

export function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function make(database: IDBDatabase): Promise<CryptoKeyPair> {
  const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  if (!isPair(pair)) throw new TypeError('no key pair');
  await request(database.transaction(STORE, 'readwrite').objectStore(STORE).put(pair, NAME));
  return pair;
}

function isPair(value: unknown): value is CryptoKeyPair {
  return typeof value === 'object' && value !== null && 'privateKey' in value && 'publicKey' in value;
}

function open(): Promise<IDBDatabase> {
  const opening = indexedDB.open('bailee-dock', 1);
  opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(STORE));
  return request(opening);
}

function request<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.addEventListener('success', () => resolve(asked.result));
    asked.addEventListener('error', () => reject(asked.error ?? new Error('the browser keeps nothing here')));
  });
}
