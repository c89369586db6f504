import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ExitCode } from '../../domain/errors.ts';
import { command } from '../command.ts';
import type { Context } from '../context.ts';
import type { Fact, Onlooker } from './onlooker.ts';

export type DemoOptions = { readonly data: string; readonly keep?: boolean; readonly once?: boolean };

export function demoCommand(context: Context): Command {
  return command(context, 'demo', {
    summary: {
      en: 'show everything at once: a simulated cold store on real wires, a chain node and the page',
      zh: '一次看全：真实线路上的模拟冷库、链节点与页面',
    },
    more: {
      en: `Within a minute a door is left open, the temperature climbs, an alarm rises, the siren sounds, the log is
sealed and anchored; then it says how to export and verify. Everything stays on this machine, on loopback.
The gateway's own log goes to bailee.log in the data directory. Ctrl-C stops all of it.
With --once: exit 0 when all of that happened and was proved; 1: it says what did not.`,
      zh: `一分钟之内：库门未关、温度上升、报警、警笛响起、日志封存并锚定；随后说明如何导出与核验。全部只在本机环回接口上运行。
网关自身的日志写入数据目录的 bailee.log。按 Ctrl-C 全部停止。
带 --once：全部发生并证明后退出码为 0；为 1 时说明缺少哪一步。`,
    },
    examples: ['bailee demo', 'bailee demo --lang zh --data ./demo-data --keep'],
  })
    .option(
      '--data <dir>',
      context.say({ en: 'data directory, emptied first', zh: '数据目录，启动时清空' }),
      './demo-data',
    )
    .option('--keep', context.say({ en: 'go on with what is in it', zh: '保留已有数据并继续' }))
    .option(
      '--once',
      context.say({ en: 'end after the story, having proved it', zh: '情节演示并证明后退出' }),
    )
    .action((options: DemoOptions) => run(context, options));
}

async function run(context: Context, options: DemoOptions): Promise<void> {
  const { openColdStore } = await import('./site.ts');
  const { playStory, endStory } = await import('./story.ts');
  const { signal } = context.world;
  await using stack = new AsyncDisposableStack();
  const site = await openColdStore(
    context,
    { data: resolve(options.data), keep: options.keep === true },
    stack,
  );
  const { store, onlooker, tell } = site;
  const isOver = AbortSignal.any([signal, site.failed]);
  const missing = await playStory(store, onlooker, tell, isOver);
  if (!isOver.aborted) {
    const problems = await explain(context, site, missing, options.once === true);
    if (options.once === true) {
      context.exitCode = problems === 0 ? ExitCode.ok : ExitCode.difference;
      return;
    }
    endStory(store, tell);
    await aborted(isOver);
  }
  site.failed.throwIfAborted();
  context.out(
    context.say({ en: 'Stopping: the last records are sealed …', zh: '正在停止：封存最后的记录……' }),
  );
}

/** Says what did not happen, and how what did is proved; with `once` proves it. Gives how much went wrong. */
async function explain(
  context: Context,
  { onlooker, url, data }: { onlooker: Onlooker; url: string; data: string },
  missing: readonly Fact[],
  once: boolean,
): Promise<number> {
  const { FACTS, WATCHED_STREAM } = await import('./onlooker.ts');
  for (const fact of missing) {
    context.tell(
      `${context.say({ en: 'This did not happen:', zh: '未发生：' })} ${context.say(FACTS[fact])}`,
    );
  }
  const [from, to] = [onlooker.when('readings'), onlooker.when('sealed')];
  if (from === undefined || to === undefined) return missing.length;
  const { proofCommands, typed, carryOut } = await import('./proof-commands.ts');
  const commands = proofCommands({ data, stream: WATCHED_STREAM, from, to, url });
  context.out(
    `\n${context.say({
      en: 'The whole story is on record. To prove it to a stranger, copy these into another terminal:',
      zh: '整个过程均已记录在案。要向外人证明，请将下列命令复制到另一个终端：',
    })}`,
  );
  for (const each of commands)
    context.out(`\n  # ${context.say(each.says)}\n  ${typed(each, context.world.env)}`);
  context.out(
    `\n  # ${context.say({
      en: 'the same verdict in a browser: drop demo.bundle and policy.json onto this page',
      zh: '在浏览器中得到同样的结论：将 demo.bundle 与 policy.json 拖入此页',
    })}\n  ${url}/verify.html\n`,
  );
  if (!once) return missing.length;
  let problems = missing.length;
  for (const each of commands) {
    const problem = await carryOut(each, context.world.signal);
    if (problem !== null) context.tell(problem);
    else context.out(`${context.say({ en: 'as expected:', zh: '符合预期：' })} bailee ${each.args[0] ?? ''}`);
    if (problem !== null) problems++;
  }
  return problems;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}
