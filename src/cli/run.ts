import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { ConfigError } from '../domain/errors.ts';
import { command } from './command.ts';
import type { Context } from './context.ts';
import { credentialsOfUnit } from './credentials.ts';
import { VERSION } from './version.ts';

export function runDaemonCommand(context: Context): Command {
  return command(context, 'run', {
    summary: { en: 'run the gateway until it is told to stop', zh: '运行网关，直至收到停止信号' },
    more: {
      en: `SIGTERM or SIGINT: what is there is sealed and everything closes. The log goes to standard output, one JSON object a line.
Exit 0: stopped; 74: the disk or the journal failed, a restart may help; 76: the journal contradicts its own
signed heads, never restart by itself; 78: the configuration is wrong; 70: a bug.`,
      zh: `收到 SIGTERM 或 SIGINT 后封存现有数据并关闭。日志写往标准输出，每行一个 JSON 对象。
退出码 0：已停止；74：磁盘或日志故障，可重启；76：日志与自身签名矛盾，不可自动重启；78：配置有误；70：程序缺陷。`,
    },
    examples: ['bailee run /etc/bailee/gateway.yaml'],
  })
    .argument('<file>', context.say({ en: 'configuration file', zh: '配置文件' }))
    .action((file: string) => run(context, file));
}

async function run(context: Context, file: string): Promise<void> {
  const { loadSite } = await import('../gateway/site/site.ts');
  const credentials = credentialsOfUnit(context.world);
  const site = await loadSite(file, credentials);
  if (!site.ok) throw new ConfigError(site.problems);
  const { openGateway } = await import('../gateway/gateway.ts');
  const { openLog } = await import('../gateway/site/log.ts');
  const { env, signal } = context.world;
  const open = async (onFatal: (error: unknown) => void): Promise<AsyncDisposable> => {
    const gateway = await openGateway(site.value, {
      log: openLog('info'),
      credentials,
      webRoot: webRoot(),
      notifySocket: env['NOTIFY_SOCKET'],
      timeZone,
      version: VERSION,
      residentBytes: () => process.memoryUsage.rss(),
      onFatal,
    });
    context.tell(`bailee: ${gateway.origin} ${gateway.url} (${gateway.tokenFile})`);
    // What opening left behind would stay resident for as long as nothing happens: 9 MB (m). The unit exposes gc.
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    return gateway;
  };
  // A log that must never grow again is followed by the next epoch, and rules by others, opened like any other start.
  for (let over = await untilOver(signal, open); over !== null; over = await untilOver(signal, open)) {
    context.tell(`bailee: ${over.message}`);
  }
}

/** Runs until it is told to stop, which gives null, or until the epoch or the rules in force are over. */
async function untilOver(
  stop: AbortSignal,
  open: (onFatal: (error: unknown) => void) => Promise<AsyncDisposable>,
): Promise<Error | null> {
  const { EpochOver } = await import('../gateway/keys/epoch-end.ts');
  const { RulesOver } = await import('../gateway/recording/rule-desk.ts');
  try {
    await runUntil(stop, open);
    return null;
  } catch (error) {
    if ((error instanceof EpochOver || error instanceof RulesOver) && !stop.aborted) return error;
    throw error;
  }
}

let zone: string | undefined;

/** The zone that times are told in, asked once, when the first is told. */
export function timeZone(): string {
  return (zone ??= Intl.DateTimeFormat().resolvedOptions().timeZone);
}

/** Keeps open what `open` opens until it is asked to stop. @throws what `onFatal` was told, maybe while it opened still */
export async function runUntil(
  stop: AbortSignal,
  open: (onFatal: (error: unknown) => void) => Promise<AsyncDisposable>,
): Promise<void> {
  const failed = Promise.withResolvers<never>();
  // While it opens nobody waits for that yet, and a rejection without a handler would end the process.
  failed.promise.catch(() => undefined);
  await using _opened = await open(failed.reject);
  await Promise.race([stopAsked(stop), failed.promise]);
}

function stopAsked(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** The built page: beside the bundle, or in the sources' dist; null where it was not built. */
export function webRoot(): string | null {
  const folders = [join(import.meta.dirname, 'web'), join(import.meta.dirname, '../../dist/web')];
  return folders.find((folder) => existsSync(join(folder, 'index.html'))) ?? null;
}
