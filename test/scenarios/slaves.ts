import { EventEmitter, once } from 'node:events';
import { ServerSerial, type IServiceVector } from 'modbus-serial';
import { Cable } from '../../src/devices/modbus/rig.fixture.ts';

/** A slave as modbus-serial, an implementation of others, serves it: what its registers hold now. */
export type Slave = {
  /** Tenths of °C and of %: an XY-MD02 has them at input registers 1 and 2. */
  temperature: number;
  readonly humidity: number;
  /** Of a relay board; the siren's own contact (input 0) follows coil 0. */
  readonly coils: Map<number, boolean>;
};

export function probe(temperature: number): Slave {
  return { temperature, humidity: 612, coils: new Map() };
}

/** One serial line with slaves by unit; units that are not there never answer. */
export class SlavesOnALine implements AsyncDisposable {
  readonly units: ReadonlyMap<number, Slave>;
  readonly #cable = new Cable();
  #server: ServerSerial | null = null;

  constructor(units: Readonly<Record<number, Slave>>) {
    this.units = new Map(Object.entries(units).map(([unit, slave]) => [Number(unit), slave]));
  }

  /** The gateway's end of the cable. */
  get port(): string {
    return this.#cable.near;
  }

  async plug(): Promise<void> {
    await this.#cable.plug();
    const options = { path: this.#cable.far, baudRate: 9600, unitID: 255, debug: false };
    this.#server = new ServerSerial(this.#registers(), options);
    // An answer may be on its way while the cable is pulled; its types do not tell of the port below.
    const port: unknown = Reflect.apply(Reflect.get(this.#server, 'getPort'), this.#server, []);
    if (!(port instanceof EventEmitter)) throw new Error('a server without a port');
    port.on('error', () => undefined);
    await once(this.#server, 'initialized');
  }

  /** The adapter is pulled out: the device file goes away. */
  async pull(): Promise<void> {
    await this.#cable.pull();
    await this.#closeServer();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closeServer();
    await this.#cable[Symbol.asyncDispose]();
  }

  async #closeServer(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    // The port under it may be gone already, which is what was wanted.
    if (server !== null) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  #registers(): IServiceVector {
    const ask = async <T>(unit: number, answer: (slave: Slave) => T): Promise<T> => {
      const slave = this.units.get(unit);
      return slave === undefined ? new Promise<T>(() => undefined) : answer(slave);
    };
    return {
      getInputRegister: (address: number, unit: number) =>
        ask(unit, (s) => [0, s.temperature & 0xffff, s.humidity][address] ?? 0),
      getHoldingRegister: (_address: number, unit: number) => ask(unit, () => 0),
      getCoil: (address: number, unit: number) => ask(unit, (s) => s.coils.get(address) ?? false),
      getDiscreteInput: (address: number, unit: number) => ask(unit, (s) => s.coils.get(address) ?? false),
      setCoil: (address: number, value: boolean, unit: number) =>
        ask(unit, (s) => {
          s.coils.set(address, value);
        }),
    };
  }
}
