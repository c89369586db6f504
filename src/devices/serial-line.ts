import { Line, LineDown } from './line.ts';
import type { Channel, ChannelEvents, Dial } from './line.ts';

export type SerialOptions = {
  /** Device file; by-id names stay the same when the adapter is plugged in elsewhere. */
  readonly path: string;
  readonly baud: number;
  readonly dataBits: 7 | 8;
  readonly parity: 'none' | 'even' | 'odd';
  readonly stopBits: 1 | 2;
};

/** A port that comes back is open again within a second, so within the 2 s promised. */
const RETRY_MS = 500;

const PROBE_MS = 250;

/** After a replug the file is briefly not ours until udev has set its group. */
const DENIED_AFTER_MS = 5000;

/** A serial line; see `Line` for what it does when the port is not there. */
export function openSerialLine(options: SerialOptions): Line {
  return new Line(serialDial(options), () => RETRY_MS);
}

function serialDial(options: SerialOptions): Dial {
  const judge = failureJudge();
  return async (events, signal) => {
    try {
      return await openPort(options, events, signal);
    } catch (error) {
      const why = reasonOf(error);
      throw new LineDown(judge(why, performance.now()), why, { cause: error });
    }
  };
}

/** Tells a port that stays forbidden from one that is just not there or not yet ours. Times in ms. */
export function failureJudge(): (why: string, now: number) => 'port-lost' | 'port-denied' {
  let deniedSince: number | null = null;
  let last = -Infinity;
  return (why, now) => {
    const denied = /permission denied/i.test(why);
    // Between two attempts that lie apart the port was open.
    if (!denied || now - last > 4 * RETRY_MS) deniedSince = null;
    last = now;
    if (denied) deniedSince ??= now;
    return deniedSince !== null && now - deniedSince >= DENIED_AFTER_MS ? 'port-denied' : 'port-lost';
  };
}

async function openPort(
  options: SerialOptions,
  events: ChannelEvents,
  signal: AbortSignal,
): Promise<Channel> {
  // A gateway without serial lines does without its 15 MB.
  const { SerialPort } = await import('serialport');
  const port = new SerialPort({
    path: options.path,
    baudRate: options.baud,
    dataBits: options.dataBits,
    parity: options.parity,
    stopBits: options.stopBits,
    lock: true,
    autoOpen: false,
  });
  let probe: NodeJS.Timeout | undefined;
  const gone = (why: string): void => {
    clearInterval(probe);
    events.closed(why);
  };
  const close = async (): Promise<void> => {
    clearInterval(probe);
    if (port.isOpen) await call((done) => port.close(done)).catch((error: unknown) => alreadyGone(error));
    port.destroy();
  };
  // Without a listener a write to a pulled port would end the process.
  port.on('error', (error: Error) => gone(error.message));
  await call((done) => port.open(done));
  if (signal.aborted) {
    await close();
    throw new LineDown('port-lost', 'closed');
  }
  port.on('data', (chunk: Buffer) => events.bytes(chunk));
  port.on('close', (error: Error | null) => gone(error?.message ?? 'closed'));
  // A port that was hung up reads as empty for ever instead of failing (the library then reads in a
  // circle), but no longer tells its speed.
  probe = setInterval(() => {
    port.port?.getBaudRate().catch((error: unknown) => gone(reasonOf(error)));
  }, PROBE_MS);
  return {
    write: async (bytes) => {
      try {
        await call((done) => port.write(Buffer.from(bytes), undefined, done));
      } catch (error) {
        throw new LineDown('port-lost', reasonOf(error), { cause: error });
      }
    },
    discard: async () => {
      try {
        await call((done) => port.flush(done));
      } catch (error) {
        throw new LineDown('port-lost', reasonOf(error), { cause: error });
      }
    },
    close,
  };
}

function call(method: (done: (error: Error | null | undefined) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    method((error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}

/** Closing a pulled port fails in the driver after its file is closed; anything else is a bug. */
function alreadyGone(error: unknown): void {
  if (!(error instanceof Error)) throw error;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
