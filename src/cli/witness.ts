import type { Command } from 'commander';
import { describeProblems } from '../config/describe.ts';
import type { WitnessConfiguration } from '../config/configuration.ts';
import { ConfigError, ExitCode } from '../domain/errors.ts';
import { command } from './command.ts';
import type { Context } from './context.ts';
import { credentialsOfUnit, credentialsToCheck } from './credentials.ts';
import { runUntil } from './run.ts';

type Options = { readonly check?: boolean; readonly showKey?: boolean };

export function witnessCommand(context: Context): Command {
  return command(context, 'witness', {
    summary: {
      en: 'run a witness: cosign the heads of gateways, and never two histories of one log',
      zh: '运行见证方：为网关的日志头作见证签名，同一日志绝不签两种历史',
    },
    more: {
      en: `Speaks C2SP tlog-witness v1.0.0. At its first start it makes a key and prints the verifier key that gateways and
verifiers enrol. SIGTERM or SIGINT: answers what has arrived and closes. Log on standard output, one JSON object a line.
A log that told two histories is kept as a fraud file in the state directory; see bailee fraud.
Exit 0: stopped; 74: it cannot remember what it cosigned; 78: the configuration is wrong; 70: a bug.`,
      zh: `遵循 C2SP tlog-witness v1.0.0。首次启动时生成密钥并输出验证公钥，供网关与验证方登记。
收到 SIGTERM 或 SIGINT 后答复已到的请求并关闭。运行日志写往标准输出，每行一个 JSON 对象。
若某日志讲了两种历史，则在状态目录中留存欺诈证据文件，见 bailee fraud。
退出码 0：已停止；74：无法记住所签内容；78：配置有误；70：程序缺陷。`,
    },
    examples: ['bailee witness witness.yaml', 'bailee witness witness.yaml --show-key'],
  })
    .argument('<file>', context.say({ en: 'configuration file of the witness', zh: '见证方的配置文件' }))
    .option('--check', context.say({ en: 'check the configuration and end', zh: '仅检查配置' }))
    .option(
      '--show-key',
      context.say({
        en: 'print the verifier key, made where there is none, and end',
        zh: '输出验证公钥（没有则生成）并退出',
      }),
    )
    .action((file: string, options: Options) => run(context, file, options));
}

async function run(context: Context, file: string, options: Options): Promise<void> {
  const { loadWitness } = await import('../gateway/site/site.ts');
  const { world } = context;
  const idle = options.check === true || options.showKey === true;
  const credentials = idle ? credentialsToCheck(world) : credentialsOfUnit(world);
  const loaded = loadWitness(file, credentials);
  if (options.check === true) return check(context, loaded);
  if (!loaded.ok) throw new ConfigError(loaded.problems);
  const { openWitness, witnessKey } = await import('../gateway/witness.ts');
  if (options.showKey === true) return context.out(witnessKey(loaded.value));
  const { openLog } = await import('../gateway/site/log.ts');
  const log = openLog('info');
  await runUntil(world.signal, async (onFatal) => {
    const witness = await openWitness(loaded.value, { log, credentials, onFatal });
    context.tell(`bailee: witness ${witness.vkey} ${witness.url}`);
    return witness;
  });
}

type Loaded = ReturnType<(typeof import('../gateway/site/site.ts'))['loadWitness']>;

function check(context: Context, loaded: Loaded): void {
  if (!loaded.ok) {
    context.exitCode = ExitCode.config;
    context.tell(describeProblems(loaded.problems, context.lang));
    return;
  }
  context.out(describe(loaded.value, context));
}

function describe({ file, name, state, listen, logs }: WitnessConfiguration, context: Context): string {
  const later = context.say({ en: ' and later epochs', zh: ' 及以后的纪元' });
  return [
    `${context.say({ en: 'Correct:', zh: '配置正确：' })} ${file}`,
    `${context.say({ en: 'witness', zh: '见证方' })} ${name}, ${listen.host}:${listen.port}`,
    `${context.say({ en: 'state', zh: '状态目录' })} ${state}`,
    `${context.say({ en: 'logs', zh: '日志' })}:`,
    ...logs.map((log) => `  ${log.key}${log.laterEpochs ? later : ''}`),
  ].join('\n');
}
