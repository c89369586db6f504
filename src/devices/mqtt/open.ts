import { setTimeout as delay } from 'node:timers/promises';
import { DeviceError } from '../../domain/errors.ts';
import type { DeviceEnv, OpenConnection } from '../port.ts';
import { Inbox } from './inbox.ts';
import { Orders } from './orders.ts';
import type { Plan } from './plan.ts';
import { runBroker, runClient, type Publish } from './transport.ts';

const RETRY_MS = 5000;

/** Opens a planned connection; nothing is listened on or called before `subscribe`. */
export function openMqtt(plan: Plan, env: DeviceEnv): OpenConnection {
  const { id, ignore, 'max-packet': maxPacket, broker } = plan.settings;
  const inbox = new Inbox(id, plan.maps, maxPacket, env.now, ignore);
  const stopped = new AbortController();
  const run = broker === undefined ? runClient : runBroker;
  let publish: Publish = () => Promise.reject(new DeviceError('PORT_LOST', `${id} is not connected`));
  let running: Promise<void> = Promise.resolve();
  const { trace } = env;
  if (trace !== undefined) inbox.tap = (topic, payload) => trace(id, 'in', payload, topic);
  const send: Publish = (topic, payload) => {
    trace?.(id, 'out', Buffer.from(payload), topic);
    return publish(topic, payload);
  };
  const orders = new Orders(plan.commands, inbox, send, env.now);

  const keepRunning = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      try {
        await run(plan, env, inbox, signal, (given) => (publish = given));
      } catch (error) {
        // A secret that cannot be read, an address that is taken: said, and tried again.
        env.log('warn', `${id} cannot start: ${error instanceof Error ? error.message : String(error)}`);
        inbox.note(false, 'cannot-start');
        await delay(RETRY_MS, undefined, { signal }).catch((reason: unknown) => {
          if (!signal.aborted) throw reason;
        });
      }
    }
  };

  return {
    polled: [],
    pushing: [
      {
        id,
        subscribe: (sink, signal) => {
          inbox.sink = sink;
          running = keepRunning(AbortSignal.any([signal, stopped.signal]));
          return running;
        },
      },
    ],
    command: (device, order, signal) => orders.carryOut(device, order, signal),
    seed: (readings) => inbox.seed(readings),
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      await running;
    },
  };
}
