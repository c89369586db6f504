/** Where a server listens or is called. */
export type Endpoint = { readonly host: string; readonly port: number };

/** Reads `127.0.0.1:1883` or `[::1]:0`; port 0 is any free one, null what is neither. */
export function readListen(text: string): Endpoint | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  return match === null || port > 65_535 ? null : { host: match[1] ?? match[2] ?? '', port };
}

/** True when only programs on this machine can reach it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
