/** A key in a token, as an RFC 7512 URI names it; null leaves that open. */
export type Pkcs11Uri = {
  readonly token: string | null;
  readonly serial: string | null;
  readonly object: string | null;
  readonly id: Uint8Array | null;
};

export type ParsedPkcs11Uri =
  { readonly ok: true; readonly uri: Pkcs11Uri } | { readonly ok: false; readonly why: string };

const ATTRIBUTES = ['token', 'serial', 'object', 'id', 'type'] as const;

export function isPkcs11Uri(text: string): boolean {
  return text.startsWith('pkcs11:');
}

/**
 * Reads the path of a PKCS #11 URI. Its query is refused: a module is named once for all keys, and
 * a PIN in the URI would be a secret in configuration.
 */
export function parsePkcs11Uri(text: string): ParsedPkcs11Uri {
  if (!isPkcs11Uri(text)) return refusal('must begin with pkcs11:');
  const path = text.slice('pkcs11:'.length);
  if (path.includes('?')) return refusal('must have no query: module and PIN stand under keys.pkcs11');
  const read = new Map<string, Uint8Array>();
  for (const part of path.split(';')) {
    const [name = '', ...rest] = part.split('=');
    const value = bytesOf(rest.join('='));
    if (!isAttribute(name)) return refusal(`has "${name}"; there are ${ATTRIBUTES.join(', ')}`);
    if (value === null)
      return refusal(`has a ${name} that is empty, or has signs that must be written as %XX`);
    if (read.has(name)) return refusal(`has ${name} twice`);
    read.set(name, value);
  }
  const texts = ['token', 'serial', 'object', 'type'].map((name) => textOf(read.get(name)));
  if (texts.includes(undefined)) return refusal('has a text that is not UTF-8');
  const [token = null, serial = null, object = null, type = null] = texts;
  const id = read.get('id') ?? null;
  if (type !== null && type !== 'private') return refusal('must name a key that signs: type=private');
  if (token === null && serial === null) return refusal('must name a token, token=NAME or serial=NUMBER');
  if (object === null && id === null) return refusal('must name a key, object=NAME or id=%XX');
  return { ok: true, uri: { token, serial, object, id } };
}

function isAttribute(name: string): boolean {
  return ATTRIBUTES.some((known) => known === name);
}

/** RFC 7512 section 2.3: what may stand as it is in a path, and percent codes; null for anything else. */
function bytesOf(text: string): Uint8Array | null {
  if (!/^(?:[A-Za-z0-9\-._~:[\]@!$'()*+,=&]|%[0-9A-Fa-f]{2})+$/.test(text)) return null;
  const bytes = Array.from(text.matchAll(/%(..)|(.)/g), ([, hex, sign = '']) =>
    hex === undefined ? sign.charCodeAt(0) : Number.parseInt(hex, 16),
  );
  return Uint8Array.from(bytes);
}

/** null for none, undefined for bytes that are no text. */
function textOf(bytes: Uint8Array | undefined): string | null | undefined {
  if (bytes === undefined) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // The decoder throws for bytes that are not UTF-8.
    return undefined;
  }
}

function refusal(why: string): ParsedPkcs11Uri {
  return { ok: false, why };
}
