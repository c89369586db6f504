import { hexOf } from '../../anchoring/hex.ts';
import { sha256 } from '../../anchoring/key-possession.ts';
import type { Hex32 } from '../../anchoring/port.ts';
import { Refused } from '../../domain/errors.ts';
import { parseOrigin } from '../../evidence/checkpoint.ts';
import { utf8 } from '../../evidence/encodings.ts';

export { goodsKey, registrationKey } from '../../anchoring/goods-key.ts';

/** The hash of a document as any tool computes it. */
export function documentHash(bytes: Uint8Array): Hex32 {
  return hexOf(sha256(bytes));
}

/**
 * AnchorLog's id of a gateway, from the id itself or from the origin of any of its logs, with its
 * epoch or without. @throws Refused INVALID
 */
export function gatewayId(text: string): Hex32 {
  if (/^(0x)?[0-9a-f]{64}$/i.test(text)) return `0x${text.replace(/^0x/i, '').toLowerCase()}`;
  const name = parseOrigin(text) === null ? text : text.slice(0, text.lastIndexOf('/'));
  if (parseOrigin(`${name}/0`) === null) throw new Refused('INVALID', `"${text}" is no origin of a log`);
  return hexOf(sha256(utf8(name)));
}
