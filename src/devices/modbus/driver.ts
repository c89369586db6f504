import { DeviceError } from '../../domain/errors.ts';
import type { Checked } from '../../domain/errors.ts';
import type { HealthNote } from '../../domain/device.ts';
import type { Line, LineState } from '../line.ts';
import type { Connection, DeviceEnv, Driver, OpenConnection, PushingDevice } from '../port.ts';
import { openSerialLine } from '../serial-line.ts';
import { openTcpLine } from '../tcp-line.ts';
import { actuate } from './actuator.ts';
import { Bus } from './bus.ts';
import type { Framing } from './bus.ts';
import { mbapFraming, rtuFraming } from './framing.ts';
import { RunningOrders } from './running-orders.ts';
import { planRtu, planTcp } from './plan.ts';
import type { Plan } from './plan.ts';
import { Slave } from './slave.ts';

/** So long a stop waits for orders that have begun: a pulse writes its end before the line closes. */
const LONGEST_STOP_MS = 5000;

/** Modbus RTU on a serial line (RS-485, RS-232); several slaves share it. */
export const modbusRtu: Driver = {
  name: 'modbus-rtu',
  title: 'Modbus RTU on a serial line',
  configure: (raw, profiles) => connection(planRtu(raw, profiles), openSerialLine, rtuFraming),
};

/** Modbus TCP, one device or a gateway with several slaves behind it. */
export const modbusTcp: Driver = {
  name: 'modbus-tcp',
  title: 'Modbus TCP',
  configure: (raw, profiles) => connection(planTcp(raw, profiles), openTcpLine, mbapFraming),
};

function connection<Options>(
  checked: Checked<Plan<Options>>,
  openLine: (options: Options) => Line,
  framing: (options: Options) => Framing,
): Checked<Connection> {
  if (!checked.ok) return checked;
  const plan = checked.value;
  const withVerbs = plan.slaves.filter((s) => s.profile.verbs.size > 0);
  return {
    ok: true,
    value: {
      id: plan.id,
      streams: plan.slaves.flatMap((s) => s.streams),
      actuators: new Map(withVerbs.map((s) => [s.id, [...s.profile.verbs.keys()]])),
      profiles: [...new Set(plan.slaves.map((s) => s.profile.name))],
      open: (env) => openConnection(plan, openLine(plan.line), framing(plan.line), env),
    },
  };
}

function openConnection(plan: Plan<unknown>, line: Line, framing: Framing, env: DeviceEnv): OpenConnection {
  line.tap(plan.id, env.trace);
  const bus = new Bus(line, framing);
  const orders = new RunningOrders();
  line.watch((state) => {
    if (state.reason === 'closed') return;
    env.log(state.up ? 'info' : 'warn', `${plan.id}: line ${state.reason}`, { detail: state.detail });
  });
  return {
    polled: plan.slaves.filter((s) => s.profile.blocks.length > 0).map((s) => new Slave(s, bus)),
    pushing: [lineHealth(plan.id, line)],
    command: async (device, order, signal) => {
      const slave = plan.slaves.find((s) => s.id === device);
      const verb = slave?.profile.verbs.get(order.verb);
      if (slave === undefined || verb === undefined) {
        throw new DeviceError('REFUSED', `${device} has no verb "${order.verb}"`);
      }
      if (order.arg !== null) {
        throw new DeviceError(
          'REFUSED',
          `${device}: verb "${order.verb}" takes no argument, got ${order.arg}`,
        );
      }
      if (env.now() > order.expiresAt) {
        throw new DeviceError('REFUSED', `${device}: order ${order.id} expired at ${order.expiresAt}`);
      }
      await orders.run((stop) => actuate(bus, slave, verb, stop), signal);
    },
    [Symbol.asyncDispose]: async () => {
      const left = await orders.stop(LONGEST_STOP_MS);
      if (left > 0) {
        env.log('warn', `${plan.id}: closed before ${left} ${left === 1 ? 'order' : 'orders'} had ended`);
      }
      await line[Symbol.asyncDispose]();
    },
  };
}

/** Tells at once, without waiting for a poll, when the line itself goes or comes. */
function lineHealth(id: string, line: Line): PushingDevice {
  return {
    id,
    subscribe: async (sink, signal) => {
      const tell = (state: LineState): void => {
        if (state.reason === 'opening' || state.reason === 'closed') return;
        sink({ readings: [], health: [noteOf(id, state)] });
      };
      const unwatch = line.watch(tell);
      tell(line.state);
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener('abort', () => resolve(), { once: true });
      });
      unwatch();
    },
  };
}

function noteOf(device: string, state: LineState): HealthNote {
  return { device, healthy: state.up, reason: state.reason };
}
