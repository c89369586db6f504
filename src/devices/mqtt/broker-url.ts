import type { Endpoint } from '../endpoint.ts';

/** A broker, and whether it is spoken to over TLS. */
type BrokerUrl = Endpoint & { readonly tls: boolean };

/** Reads `mqtt://host[:1883]` or `mqtts://host[:8883]`; null when it is neither. */
export function readUrl(text: string): BrokerUrl | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'mqtt:' && url.protocol !== 'mqtts:')) return null;
  if (url.hostname === '' || url.username !== '' || url.pathname.length > 1 || url.search !== '') return null;
  const tls = url.protocol === 'mqtts:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { host, port: Number(url.port) || (tls ? 8883 : 1883), tls };
}
