/** Host and port; `tls` where the URL says so. */
export type Endpoint = { readonly host: string; readonly port: number; readonly tls: boolean };

/** Reads `mqtt://host[:1883]` or `mqtts://host[:8883]`; null when it is neither. */
export function readUrl(text: string): Endpoint | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'mqtt:' && url.protocol !== 'mqtts:')) return null;
  if (url.hostname === '' || url.username !== '' || url.pathname.length > 1 || url.search !== '') return null;
  const tls = url.protocol === 'mqtts:';
  return { host: bare(url.hostname), port: Number(url.port) || (tls ? 8883 : 1883), tls };
}

/** Reads `127.0.0.1:1883` or `[::1]:0`; port 0 is any free one. */
export function readListen(text: string): Endpoint | null {
  const match = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  return match === null || port > 65_535 ? null : { host: bare(match[1] ?? ''), port, tls: false };
}

/** True when only programs on this machine can reach it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
