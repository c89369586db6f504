import { createInterface } from 'node:readline';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { command } from './command.ts';
import type { Context } from './context.ts';
import { credentialsToCheck } from './credentials.ts';
import { UsageError } from './failure.ts';
import {
  readFault,
  readOrder,
  readRamp,
  readSet,
  type Simulatable,
  type SimulationOrder,
} from './simulated-orders.ts';
import type { SimulatedEntry } from './simulated-site.ts';

type Options = {
  readonly at?: readonly string[];
  readonly set?: readonly string[];
  readonly ramp?: readonly string[];
  readonly fault?: readonly string[];
};

/** Time between two steps of a ramp, ms. */
const STEP_MS = 1000;

export function simulateCommand(context: Context): Command {
  return command(context, 'simulate', {
    summary: {
      en: 'be the devices of a configuration: the other end of real wires',
      zh: '模拟配置中的设备：真实线路的另一端',
    },
    more: {
      en: `Drivers: hlk-ld2410, hlk-ld2450, ti-iwr6843, yaohua, llrp, modbus-rtu, modbus-tcp, mqtt, nmea, teltonika, jtt808, sia-dc09, onvif, uhf-a0, toledo, uhf-r200, uhf-reader18, scanner, sparkplug, impinj-iot, zebra-iot; and sms-modem, the GSM modem of a channel of notify, which shows what it sends. Orders may also be typed, one a line: set …, ramp …, fault …, sms MODEM=+NUMBER TEXT, faults, quit.
Faults of Modbus: short-reply, wrong-unit, exception, silent, late, noise, stuck; over serial also bad-crc, over TCP half-open.
Faults of MQTT: silent, offline, duplicate-key, nonsense, future, ancient, oversize, unknown-topic, repeat, flood.
Faults of NMEA: silent, no-fix, bad-crc, noise, cut-off, estimated, no-date, ancient.
Faults of trackers: silent, offline, half-open, no-fix, bad-crc, noise, cut-off, wrong-id, repeat, burst, ancient.
Faults of radars and scales: silent, noise, short-frame, stuck, wrong-baud, over TCP half-open.
Radars also have out-of-range, bad-tail (ti-iwr6843 bad-length), hlk-ld2410 restarted; scales out-of-range, bad-checksum, toledo not-zeroed, other-unit.
Faults of alarm panels: bad-crc, duplicate, wrong-account, silent, encrypted-with-wrong-key, replay, noise.
Faults of cameras: reboot, wrong-password, no-encoder, media2-only, hang, huge-answer, xml-bomb, noise, clock-off, factory-address, no-renew, absolute-times, impatient, duplicate-events, frozen-picture, no-picture.
Faults of UHF readers: bad-checksum, short-frame, noise, silent, error-status, clone (uhf-reader18), over TCP half-open.
Faults of LLRP: second-client, no-keepalive, status-error, held-burst, antenna-lost, exception, overflow, spec-ended, half-open, noise, truncated, silent.
Faults of Sparkplug nodes: offline, lost-birth, no-rebirth, seq-gap, reordered, unknown-alias, stale-death, device-death, historical, bad-quality, nonsense.
Faults of readers on MQTT: silent, offline, idle, antenna-lost, overflow, nonsense, wrong-epc, clock-off, future, unknown-antenna, repeat.
Faults of code scanners: repeat, bad-check-digit, no-suffix, overlong, and those of scales.
Faults of GSM modems: silent, no-network, cms-error, no-sim, no-prompt, fails-second-part.
A device is well again with the fault none.`,
      zh: `驱动：hlk-ld2410、hlk-ld2450、ti-iwr6843、yaohua、llrp、modbus-rtu、modbus-tcp、mqtt、nmea、teltonika、jtt808、sia-dc09、onvif、uhf-a0、toledo、uhf-r200、uhf-reader18、scanner、sparkplug、impinj-iot、zebra-iot；以及 sms-modem，即通知渠道的短信猫，并显示其发出的短信。也可逐行输入指令：set …、ramp …、fault …、sms 短信猫=+号码 内容、faults、quit。
Modbus 故障：short-reply、wrong-unit、exception、silent、late、noise、stuck；串口另有 bad-crc，TCP 另有 half-open。
MQTT 故障：silent、offline、duplicate-key、nonsense、future、ancient、oversize、unknown-topic、repeat、flood。
NMEA 故障：silent、no-fix、bad-crc、noise、cut-off、estimated、no-date、ancient。
车载终端故障：silent、offline、half-open、no-fix、bad-crc、noise、cut-off、wrong-id、repeat、burst、ancient。
雷达和衡器故障：silent、noise、short-frame、stuck、wrong-baud，TCP 另有 half-open。
雷达另有 out-of-range、bad-tail（ti-iwr6843 为 bad-length），hlk-ld2410 有 restarted；衡器另有 out-of-range、bad-checksum，toledo 有 not-zeroed、other-unit。
报警主机故障：bad-crc、duplicate、wrong-account、silent、encrypted-with-wrong-key、replay、noise。
摄像机故障：reboot、wrong-password、no-encoder、media2-only、hang、huge-answer、xml-bomb、noise、clock-off、factory-address、no-renew、absolute-times、impatient、duplicate-events、frozen-picture、no-picture。
UHF 读写器故障：bad-checksum、short-frame、noise、silent、error-status、clone（uhf-reader18），TCP 另有 half-open。
LLRP 故障：second-client、no-keepalive、status-error、held-burst、antenna-lost、exception、overflow、spec-ended、half-open、noise、truncated、silent。
Sparkplug 节点故障：offline、lost-birth、no-rebirth、seq-gap、reordered、unknown-alias、stale-death、device-death、historical、bad-quality、nonsense。
MQTT 读写器故障：silent、offline、idle、antenna-lost、overflow、nonsense、wrong-epc、clock-off、future、unknown-antenna、repeat。
扫码器故障：repeat、bad-check-digit、no-suffix、overlong，以及衡器的故障。
短信猫故障：silent、no-network、cms-error、no-sim、no-prompt、fails-second-part。
故障 none 表示恢复正常。`,
    },
    examples: [
      'bailee simulate modbus-rtu gateway.yaml --at line-1=/dev/pts/7 --set probe-1/temperature=9.5',
      'bailee simulate modbus-tcp gateway.yaml --ramp probe-3/temperature=4:9.5/60s',
      'bailee simulate mqtt gateway.yaml --fault probe-2=silent',
      'bailee simulate sms-modem gateway.yaml --at duty=/dev/pts/7',
    ],
  })
    .argument('<driver>', context.say({ en: 'driver whose entries are simulated', zh: '要模拟的驱动' }))
    .argument('<file>', context.say({ en: 'configuration file', zh: '配置文件' }))
    .option(
      '--at <entry=place...>',
      context.say({
        en: 'far end of an entry: a serial port, or HOST:PORT to listen on or to connect to',
        zh: '线路另一端：串口，或监听/连接的 主机:端口',
      }),
    )
    .option('--set <stream=value...>', context.say({ en: 'a value from the start', zh: '初始值' }))
    .option('--ramp <stream=from:to/span...>', context.say({ en: 'a value that moves', zh: '渐变的值' }))
    .option('--fault <device=fault...>', context.say({ en: 'a fault from the start', zh: '初始故障' }))
    .action((driver: string, file: string, options: Options) => run(context, driver, file, options));
}

async function run(context: Context, driver: string, file: string, options: Options): Promise<void> {
  const { openFarEnds } = await import('./simulated-site.ts');
  await using stack = new AsyncDisposableStack();
  const entries = await openFarEnds(
    {
      file: resolve(file),
      driver,
      places: placesOf(options.at ?? []),
      credentials: credentialsToCheck(context.world),
    },
    stack,
  );
  const devices = stack.use(new Devices(entries));
  const orders = [
    ...(options.set ?? []).map((text) => readSet(text, devices.site)),
    ...(options.ramp ?? []).map((text) => readRamp(text, devices.site)),
    ...(options.fault ?? []).map((text) => readFault(text, devices.site)),
  ];
  for (const order of orders) devices.take(order);
  for (const { id, at, left, phone } of entries) {
    context.out(`${id} ${at}`);
    phone?.listen(({ number, text, part }) => {
      const which = part === null ? '' : ` ${part.no}/${part.total}`;
      context.out(`${id} → ${number}${which} ${JSON.stringify(text)}`);
    });
    for (const device of left)
      context.tell(`${device} ${context.say({ en: 'cannot be simulated', zh: '无法模拟' })}`);
  }
  await obey(context, devices);
}

/** Takes orders until `quit` or until the process is to stop; the end of the input changes nothing. */
async function obey(context: Context, devices: Devices): Promise<void> {
  const { stdin, signal } = context.world;
  const stopped = Promise.withResolvers<void>();
  if (signal.aborted) return;
  signal.addEventListener('abort', () => stopped.resolve(), { once: true });
  const lines = createInterface({ input: stdin });
  lines.on('line', (line) => {
    if (line.trim() === 'quit') stopped.resolve();
    else if (line.trim() === 'faults') {
      for (const [device, faults] of devices.site.faults) context.out(`${device}: ${faults.join(', ')}`);
    } else if (line.trim() !== '') take(context, devices, line);
  });
  // Keeps the process alive also where the devices' sockets do not.
  const alive = setInterval(() => undefined, 60_000);
  await stopped.promise;
  clearInterval(alive);
  lines.close();
}

function take(context: Context, devices: Devices, line: string): void {
  try {
    devices.take(readOrder(line, devices.site));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    context.tell(error.message);
  }
}

function placesOf(texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`"${text}" is not ENTRY=PLACE`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

/** All simulated devices, and the values that move. */
class Devices implements Disposable {
  readonly site: Simulatable;
  readonly #entries: readonly SimulatedEntry[];
  readonly #ramps = new Map<string, NodeJS.Timeout>();

  constructor(entries: readonly SimulatedEntry[]) {
    this.#entries = entries;
    const streams = entries.flatMap((e) => e.streams);
    this.site = {
      exps: new Map(streams.map((s) => [s.id, s.exp])),
      faults: new Map(entries.flatMap((e) => e.devices.map((dev) => [dev, e.simulator.faults] as const))),
      phones: entries.flatMap((e) => (e.phone === undefined ? [] : [e.id])),
    };
  }

  /** @throws UsageError for a value that the device cannot have */
  take(order: SimulationOrder): void {
    if (order.kind === 'fault') {
      this.#entryWith(order.device)?.simulator.fault(order.device, order.fault);
      return;
    }
    if (order.kind === 'sms') {
      this.#entryWith(order.device)?.phone?.receive(order.number, order.text);
      return;
    }
    clearInterval(this.#ramps.get(order.stream));
    if (order.kind === 'set') this.#set(order.stream, order.v);
    else this.#ramp(order);
  }

  [Symbol.dispose](): void {
    for (const timer of this.#ramps.values()) clearInterval(timer);
  }

  #ramp({ stream, from, to, ms }: Extract<SimulationOrder, { kind: 'ramp' }>): void {
    const start = performance.now();
    this.#set(stream, from);
    const timer = setInterval(() => {
      const part = Math.min(1, (performance.now() - start) / ms);
      this.#set(stream, Math.round(from + (to - from) * part));
      if (part === 1) clearInterval(timer);
    }, STEP_MS);
    this.#ramps.set(stream, timer);
  }

  #set(stream: string, v: number): void {
    const [device = '', channel = ''] = stream.split('/');
    try {
      this.#entryWith(device)?.simulator.set(device, channel, v);
    } catch (error) {
      if (error instanceof RangeError) throw new UsageError(error.message, { cause: error });
      throw error;
    }
  }

  #entryWith(device: string): SimulatedEntry | undefined {
    return this.#entries.find((e) => e.devices.includes(device));
  }
}
