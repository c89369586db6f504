import type { Sink } from '../../domain/device.ts';
import type { DeviceEnv, Driver, OpenConnection } from '../port.ts';
import { openTcpLine } from '../tcp-line.ts';
import { readTlsFiles } from '../tls-files.ts';
import { planLlrp, type LlrpPlan } from './plan.ts';
import { Reader } from './reader.ts';

const NO_FILES = { ca: undefined, cert: undefined, key: undefined };

const TICK_MS = 100;
/** A reader that somebody else has refuses and hangs up: it is not asked more often than this. */
const RETRY_MS = 1000;

/** LLRP: UHF RFID readers (Impinj, Zebra and others) over TCP. */
export const llrp: Driver = {
  name: 'llrp',
  title: 'LLRP 1.0.1 and 1.1: UHF RFID readers',
  configure: (raw) => {
    const planned = planLlrp(raw);
    if (!planned.ok) return planned;
    const plan = planned.value;
    return {
      ok: true,
      value: {
        id: plan.id,
        streams: plan.streams,
        actuators: new Map(),
        profiles: [],
        open: (env) => openReader(plan, env),
      },
    };
  },
};

function openReader(plan: LlrpPlan, env: DeviceEnv): OpenConnection {
  const files = readTlsFiles(plan.tls?.files ?? NO_FILES, env.secret);
  // A file that is missing is told where the reader is begun.
  files.catch(() => undefined);
  const tls = plan.tls === null ? {} : { tls: { files, name: plan.tls.name } };
  const line = openTcpLine({ ...plan.line, ...tls }, () => RETRY_MS);
  line.tap(plan.id, env.trace);
  return {
    polled: [],
    pushing: [
      {
        id: plan.id,
        subscribe: async (sink: Sink, signal) => {
          await files;
          const reader = new Reader(plan, line, env, sink);
          line.receive((chunk) => reader.hear(chunk));
          const unwatch = line.watch((state) => reader.lineBecame(state));
          // A connection that stands already has greeted nobody: it is made anew.
          if (line.state.up) line.renew('a reader greets only once');
          else reader.lineBecame(line.state);
          const ticking = setInterval(() => reader.tick(), TICK_MS);
          await new Promise<void>((resolve) => {
            if (signal.aborted) resolve();
            else signal.addEventListener('abort', () => resolve(), { once: true });
          });
          clearInterval(ticking);
          unwatch();
          line.receive(null);
          reader.lineBecame({ up: false, reason: 'closed', detail: 'closed' });
        },
      },
    ],
    [Symbol.asyncDispose]: () => line[Symbol.asyncDispose](),
  };
}
