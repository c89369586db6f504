import { closeSync, openSync, writeSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Text } from '../../domain/alarm.ts';
import { ConfigError } from '../../domain/errors.ts';
import { openGateway, type Gateway } from '../../gateway/gateway.ts';
import { keyOf } from '../../gateway/keys/ledger-key.ts';
import { deployLedger, enrolGateway } from '../../gateway/keys/ledger-setup.ts';
import { openLog } from '../../gateway/site/log.ts';
import { loadSite } from '../../gateway/site/site.ts';
import type { Context } from '../context.ts';
import { readInput } from '../inputs.ts';
import { timeZone, webRoot } from '../run.ts';
import { openFarEnds } from '../simulated-site.ts';
import { VERSION } from '../version.ts';
import { CHAIN_ID, startChainNode, type ChainNode } from './chain-node.ts';
import { ColdStore } from './cold-store.ts';
import { DemoDirectory } from './demo-directory.ts';
import { openDutyPhone } from './duty-phone.ts';
import { followEvents } from './event-feed.ts';
import { freePort } from './free-port.ts';
import { openSerialLine } from './serial-line.ts';
import { Onlooker } from './onlooker.ts';
import { openWitnesses, prepareWitnesses } from './witnesses.ts';

/** A log without an anchor for longer is judged silent, seconds. */
const MAX_SILENCE_S = 3600;
const KEY_DELAY_S = 60;
/** The demo's configuration has its secrets in files. */
const NO_CREDENTIALS = { checked: true, directory: null } as const;

/** A running cold store with its gateway, its chain and somebody who watches. */
export type RunningStore = {
  readonly store: ColdStore;
  readonly onlooker: Onlooker;
  /** One line with the time. */
  readonly tell: (line: Text) => void;
  readonly url: string;
  /** Data directory as it is named from the folder we are in. */
  readonly data: string;
  /** Aborts when the gateway cannot go on. */
  readonly failed: AbortSignal;
};

/** Opens everything; what it opens is closed by the stack, in reverse order. */
export async function openColdStore(
  context: Context,
  { data, keep }: { readonly data: string; readonly keep: boolean },
  stack: AsyncDisposableStack,
): Promise<RunningStore> {
  const { signal } = context.world;
  const say = (line: Text): void => context.out(context.say(line));
  const tell = (line: Text): void =>
    context.out(`${new Date().toTimeString().slice(0, 8)}  ${context.say(line)}`);
  const directory = DemoDirectory.take(data, keep);
  const shownData = named(data);
  say({
    en: `bailee demo: a cold store in ${shownData}/, on this machine alone.`,
    zh: `bailee 演示：冷库数据在 ${shownData}/，仅在本机运行。`,
  });

  const node = stack.use(await startChainNode(join(data, 'chain.json'), signal));
  const contract = await contractOn(node, directory, signal);
  say({
    en: `Chain      anvil at ${node.url}, contract AnchorLog ${contract.address}`,
    zh: `链         anvil，${node.url}，合约 AnchorLog ${contract.address}`,
  });
  const onlooker = new Onlooker(tell);
  const phone = stack.use(
    await openDutyPhone(directory.secret('phone-secret').reveal(), (subject) => onlooker.message(subject)),
  );
  const line = await openSerialLine(data);
  if (line !== null) stack.use(line);
  const [brokerPort, tcp] = [await freePort(), await freePort()];
  const members = await prepareWitnesses(data);
  directory.fillIn({
    members,
    probes: line === null ? { tcp } : { serial: line.near },
    brokerPort,
    phoneUrl: phone.url,
    chainUrl: node.url,
    contract: contract.address,
  });
  const probes = await openFarEnds(
    {
      file: directory.config,
      driver: line === null ? 'modbus-tcp' : 'modbus-rtu',
      places: new Map(line === null ? [] : [['line-1', line.far]]),
      credentials: NO_CREDENTIALS,
    },
    stack,
  );
  say(
    line === null
      ? {
          en: `Wires      Modbus TCP on 127.0.0.1:${tcp} with two probes (socat, for a serial line, is not installed)`,
          zh: `线路       Modbus TCP，127.0.0.1:${tcp}，两个探头（未安装 socat，故不用串口线）`,
        }
      : {
          en: `Wires      Modbus RTU with two probes, over a serial line (pseudo-terminals made by socat)`,
          zh: `线路       Modbus RTU，两个探头，经串口线（socat 建立的伪终端）`,
        },
  );

  const failing = new AbortController();
  const gateway = stack.use(await open(context, directory, stack, (error) => failing.abort(error)));
  if (contract.isNew) await enrol(directory, signal);
  const onFatal = (error: unknown): void => failing.abort(error);
  await openWitnesses(
    members,
    data,
    { log: openLog('info', logOf(directory, stack, 'witnesses.log')), onFatal },
    stack,
  );
  await node.keepTime();
  const devices = await openFarEnds(
    { file: directory.config, driver: 'mqtt', places: new Map(), credentials: NO_CREDENTIALS },
    stack,
  );
  say({
    en: `           MQTT broker on 127.0.0.1:${brokerPort} with two sensors, a door contact and a siren on a plug`,
    zh: `           MQTT 代理，127.0.0.1:${brokerPort}，两个传感器、一个门磁、一个带警笛的插座`,
  });
  const owners = members.map((m) => m.owner).join(', ');
  say({
    en: `Witnesses  ${owners}: each cosigns the log's heads, and two must before one is anchored`,
    zh: `见证方     ${owners}：各自为日志头作见证签名，两方签名后方可锚定`,
  });
  const token = new TextDecoder().decode(readInput(gateway.tokenFile)).trim();
  say({
    en: `Gateway    ${gateway.origin}, enrolled on the contract\nPage       ${gateway.url}\nSign in    with ${token} (from ${named(gateway.tokenFile)})\n`,
    zh: `网关       ${gateway.origin}，已在合约上登记\n页面       ${gateway.url}\n登录令牌   ${token}（见 ${named(gateway.tokenFile)}）\n`,
  });
  const store = stack.use(new ColdStore([...probes, ...devices]));
  const following = new AbortController();
  stack.defer(() => following.abort());
  await followEvents(
    { url: gateway.url, token },
    (event) => onlooker.take(event),
    (error) => failing.abort(error),
    following.signal,
  );
  tell({
    en: 'All is quiet: the door is closed, the rooms are at 5 °C.',
    zh: '一切平静：库门关闭，库温 5 °C。',
  });
  return { store, onlooker, tell, url: gateway.url, data: shownData, failed: failing.signal };
}

/** A path as a person types it in the folder they are in. */
function named(path: string): string {
  const inside = relative(process.cwd(), path);
  return inside === '' || inside.startsWith('..') ? path : inside;
}

/** The contract of the last time where the chain still has it, else a new one. */
async function contractOn(
  node: ChainNode,
  directory: DemoDirectory,
  signal: AbortSignal,
): Promise<{ readonly address: string; readonly isNew: boolean }> {
  const kept = directory.contract();
  if (await node.holds(kept)) return { address: kept, isNew: false };
  const place = { url: node.url, chainId: CHAIN_ID, accountKey: directory.secret('admin-key') };
  return { address: await deployLedger(place, KEY_DELAY_S, signal), isNew: true };
}

/** The gateway as `bailee run` opens it, but for its log, which goes into a file. */
async function open(
  context: Context,
  directory: DemoDirectory,
  stack: AsyncDisposableStack,
  onFatal: (error: unknown) => void,
): Promise<Gateway> {
  const site = await loadSite(directory.config, NO_CREDENTIALS);
  if (!site.ok) throw new ConfigError(site.problems);
  return openGateway(site.value, {
    log: openLog('info', logOf(directory, stack, 'bailee.log')),
    credentials: NO_CREDENTIALS,
    webRoot: webRoot(),
    notifySocket: context.world.env['NOTIFY_SOCKET'],
    timeZone,
    version: VERSION,
    residentBytes: () => process.memoryUsage.rss(),
    onFatal,
  });
}

/** A log in a file of the demo's directory. */
function logOf(
  directory: DemoDirectory,
  stack: AsyncDisposableStack,
  name: string,
): { write(text: string): void } {
  const file = openSync(join(directory.path, name), 'a', 0o600);
  stack.defer(() => closeSync(file));
  return { write: (text) => void writeSync(file, text) };
}

/** The consortium opens this gateway's log on its contract, before the first head is signed. */
async function enrol(directory: DemoDirectory, signal: AbortSignal): Promise<void> {
  const site = await loadSite(directory.config, NO_CREDENTIALS);
  if (!site.ok) throw new ConfigError(site.problems);
  const keys = {
    account: directory.secret('admin-key'),
    ledger: keyOf(directory.secret('ledger-key'), 'ledger-key'),
  };
  const done = await enrolGateway(site.value, keys, MAX_SILENCE_S, signal);
  if (!done.ok) throw new ConfigError([{ path: ['ledger'], message: done.why, file: directory.config }]);
}
