import type { Connection } from '../port.ts';
import type { FrameFormat } from '../talker/frame-scanner.ts';
import { Reader } from './reader.ts';
import type { Protocol } from './reader.ts';
import { openLine, streamsOf } from './settings.ts';
import type { ReaderSettings } from './settings.ts';
import { Wire } from './wire.ts';

/** One reader on a line of its own. */
export function readerConnection<F>(
  settings: ReaderSettings,
  usualBaud: number,
  format: FrameFormat<F>,
  protocol: Protocol<F>,
): Connection {
  const { id, timeout } = settings;
  return {
    id,
    streams: streamsOf(settings),
    actuators: new Map(),
    profiles: [],
    open: (env) => {
      const line = openLine(settings, usualBaud);
      line.tap(id, env.trace);
      line.watch((state) => {
        if (state.reason === 'closed') return;
        env.log(state.up ? 'info' : 'warn', `${id}: line ${state.reason}`, { detail: state.detail });
      });
      const world = { line, now: env.now, tick: () => performance.now() };
      return {
        polled: [new Reader(settings, protocol, new Wire(line, format, timeout), world)],
        pushing: [],
        [Symbol.asyncDispose]: () => line[Symbol.asyncDispose](),
      };
    },
  };
}
