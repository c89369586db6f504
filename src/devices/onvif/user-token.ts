import { createHash } from 'node:crypto';
import type { Login } from './digest.ts';
import { child, NS, textAt } from './soap.ts';
import { readTime, writeTime } from './times.ts';
import { element } from './xml-writer.ts';
import type { XmlElement } from '../../domain/xml.ts';

/**
 * WS-Security UsernameToken with a password digest (OASIS UsernameToken Profile 1.1, section 3.1):
 * Base64(SHA-1(nonce + created + password)).
 */
const PROFILE =
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest';
const BASE64 =
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary';

/** @param created on the camera's own clock, ms since 1970: it refuses what is old or ahead */
export function securityHeader({ user, password }: Login, nonce: Uint8Array, created: number): XmlElement {
  const time = writeTime(created);
  const token = element(NS.wsse, 'UsernameToken', [
    element(NS.wsse, 'Username', user),
    element(NS.wsse, 'Password', passwordDigest(nonce, time, password), { Type: PROFILE }),
    element(NS.wsse, 'Nonce', Buffer.from(nonce).toString('base64'), { EncodingType: BASE64 }),
    element(NS.wsu, 'Created', time),
  ]);
  return element(NS.wsse, 'Security', [token], { [`{${NS.s}}mustUnderstand`]: '1' });
}

export function passwordDigest(nonce: Uint8Array, created: string, password: string): string {
  return createHash('sha1').update(nonce).update(created).update(password).digest('base64');
}

/** Whether the headers of an envelope hold a good token that is not older or newer than `window` ms. */
export function hasGoodToken(
  header: readonly XmlElement[],
  { user, password }: Login,
  now: number,
  window: number,
): boolean {
  const security = header.find((h) => h.ns === NS.wsse && h.name === 'Security');
  const token = child(security, NS.wsse, 'UsernameToken');
  const [given, nonce] = ['Password', 'Nonce'].map((name) => textAt(token, NS.wsse, name) ?? '');
  const created = textAt(token, NS.wsu, 'Created') ?? '';
  const at = readTime(created);
  if (at === null || Math.abs(now - at) > window || textAt(token, NS.wsse, 'Username') !== user) return false;
  return given === passwordDigest(Buffer.from(nonce ?? '', 'base64'), created, password);
}
