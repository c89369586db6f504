import { discoverCameras, DISCOVERY_PORT } from '../devices/onvif/discovery.ts';
import type { Context } from './context.ts';
import { UsageError } from './failure.ts';

/** So long cameras are waited for: they answer within half a second, and some late. */
const LISTEN_MS = 3000;

/**
 * Lists cameras that answer. Anybody in the network may answer, so this names them and opens nothing.
 * @param host asked directly, with its port if it is another one; null for all
 */
export async function showCameras(
  context: Context,
  host: string | null,
  forMs: number | null,
  json: boolean,
): Promise<void> {
  const { name, port } = host === null ? { name: null, port: DISCOVERY_PORT } : splitHost(host);
  const wanted = { host: name, port, forMs: forMs ?? LISTEN_MS };
  const found = await discoverCameras(wanted, context.world.signal).catch((error: unknown) => {
    throw new UsageError(`nobody can be asked: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  });
  if (json) return context.json(found);
  if (found.length === 0) {
    return context.out(
      context.say({
        en: 'No camera answered. Is ONVIF switched on in it, and is it in this network?',
        zh: '没有摄像机应答。请确认摄像机已启用 ONVIF，并与本机在同一网络。',
      }),
    );
  }
  for (const { addresses, name: called, hardware, id } of found) {
    context.out(
      [addresses[0], ...addresses.slice(1).map((a) => `  ${a}`), `  ${called}  ${hardware}  ${id}`].join(
        '\n',
      ),
    );
  }
}

function splitHost(text: string): { name: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+))(?::(\d{1,5}))?$/.exec(text);
  const port = Number(match?.[3] ?? DISCOVERY_PORT);
  if (match === null || port > 65_535) throw new UsageError(`"${text}" is not HOST or HOST:PORT`);
  return { name: match[1] ?? match[2] ?? '', port };
}
