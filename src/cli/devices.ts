import type { Command } from 'commander';
import { ConfigError, ExitCode } from '../domain/errors.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { credentialsToCheck } from './credentials.ts';
import { UsageError } from './failure.ts';
import { span } from './inputs.ts';

type Options = {
  readonly watch?: string | true;
  readonly test?: string;
  readonly ports?: boolean;
  readonly discover?: string | true;
  readonly for?: string;
  readonly json?: boolean;
};

/** So long a test waits for a device to speak, ms. */
const PATIENCE_MS = 30_000;

export function devicesCommand(context: Context): Command {
  return withJson(
    command(context, 'devices', {
      summary: {
        en: 'list configured devices, watch what they say, test one',
        zh: '列出已配置的设备、实时观察、测试单个设备',
      },
      more: {
        en: `--watch and --test open the devices themselves, so no gateway of this configuration may run meanwhile; what devices send is
not acknowledged and comes again to the gateway. --watch shows readings, refusals and, where the driver has a line of its own, the
bytes: < came in, > went out. --test ends as soon as every stream has spoken. Exit 0: it works; 1: it does not.`,
        zh: `--watch 与 --test 会直接打开设备，因此同一配置的网关不能同时运行；收到的数据不作确认，网关之后会再次收到。
--watch 显示读数、拒收记录，以及线路上的原始字节（< 收到，> 发出）。--test 在每个数据流都有数据后即结束。
退出码 0：正常；1：不正常。`,
      },
      examples: [
        'bailee devices /etc/bailee/gateway.yaml',
        'bailee devices /etc/bailee/gateway.yaml --watch probe-1',
        'bailee devices /etc/bailee/gateway.yaml --test probe-1',
        'bailee devices --ports',
        'bailee devices --discover',
      ],
    }),
    context,
  )
    .argument('[file]', context.say({ en: 'configuration file', zh: '配置文件' }))
    .option(
      '--watch [device]',
      context.say({ en: 'show what devices say, until it is stopped', zh: '实时显示设备数据，直至停止' }),
    )
    .option(
      '--test <device>',
      context.say({ en: 'open one device and say whether it works', zh: '测试单个设备' }),
    )
    .option(
      '--for <span>',
      context.say({ en: 'how long to watch, or to wait at most', zh: '观察或等待的最长时间' }),
    )
    .option('--ports', context.say({ en: 'list serial ports by names that stay', zh: '按稳定名称列出串口' }))
    .option(
      '--discover [host]',
      context.say({
        en: 'find ONVIF cameras in the networks of this machine, or ask one host',
        zh: '在本机所在网络中查找 ONVIF 摄像机，或询问指定主机',
      }),
    )
    .action((file: string | undefined, options: Options) => devices(context, file, options));
}

async function devices(context: Context, file: string | undefined, options: Options): Promise<void> {
  const { watch, test, ports, discover, json = false } = options;
  if ([watch, test, ports, discover].filter((asked) => asked !== undefined).length > 1) {
    throw new UsageError('give one of --watch, --test, --ports and --discover');
  }
  if (ports === true) return showPorts(context, json);
  const forMs = options.for === undefined ? null : span(options.for);
  if (discover !== undefined) {
    const { showCameras } = await import('./device-discovery.ts');
    return showCameras(context, discover === true ? null : discover, forMs, json);
  }
  if (file === undefined) throw new UsageError('give the configuration file, --ports or --discover');
  const { loadSite } = await import('../gateway/site/site.ts');
  // Only the secrets of the devices that are opened are needed, and those are read when they are.
  const loaded = await loadSite(file, credentialsToCheck(context.world));
  if (!loaded.ok) throw new ConfigError(loaded.problems);
  const site = loaded.value;
  if (test !== undefined) {
    const { describeTest, testDevice } = await import('./device-test.ts');
    const { result, streams } = await testDevice(context, site, test, forMs ?? PATIENCE_MS);
    if (!result.works) context.exitCode = ExitCode.difference;
    if (json) context.json(result);
    else context.out(describeTest(result, streams, context));
  } else if (watch !== undefined) {
    const { watchDevices } = await import('./device-watch.ts');
    const { signal } = context.world;
    const until = forMs === null ? signal : AbortSignal.any([signal, AbortSignal.timeout(forMs)]);
    await watchDevices(context, site, { device: watch === true ? null : watch, json }, until);
  } else {
    const { describeDevices, listDevices } = await import('./device-list.ts');
    const list = listDevices(site);
    if (json) context.json(list);
    else context.out(describeDevices(list, context));
  }
}

async function showPorts(context: Context, json: boolean): Promise<void> {
  const { serialPorts } = await import('./serial-ports.ts');
  const ports = serialPorts();
  if (json) return context.json(ports);
  if (ports.length === 0) {
    const none = { en: 'No serial port with a name that stays.', zh: '没有带稳定名称的串口。' };
    return context.out(context.say(none));
  }
  for (const { device, byId, byPath } of ports) {
    context.out(
      [
        byId ?? byPath ?? device,
        ...(byId === null || byPath === null ? [] : [`  ${byPath}`]),
        `  ${device}`,
      ].join('\n'),
    );
  }
}
