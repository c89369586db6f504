import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Member } from '../gateway/uniqueness-server.ts';
import { command } from './command.ts';
import type { Context } from './context.ts';
import { UsageError } from './failure.ts';
import { runUntil } from './run.ts';

type Options = {
  readonly members: string;
  readonly state: string;
  readonly listen: string;
  readonly certificate?: string;
  readonly key?: string;
};

export function uniquenessCommand(context: Context): Command {
  return command(context, 'index', {
    summary: {
      en: 'run the index in which sites find one tag under two receipts, without telling any tag',
      zh: '运行跨库索引：发现同一标签出现在两处仓单下，且不泄露标签',
    },
    more: {
      en: `Gateways (goods.index) tell keyed hashes of the tags that receipts name, and hear who else told the same. The key is the
consortium's, and the index does not hold it. MEMBERS has one line for each gateway: its name, a blank, and the hash of
its token as bailee token prints it. Outside of this machine it listens with TLS only.
Exit 0: stopped; 74: it cannot remember what it was told; 70: a bug.`,
      zh: `网关（goods.index）上报仓单所列标签的带密钥散列，并得知还有谁上报过相同的散列。密钥属于联盟，索引并不持有。
成员文件每行一个网关：名称、空格、其令牌的散列（由 bailee token 输出）。对外监听仅限 TLS。
退出码 0：已停止；74：无法记住所报内容；70：程序缺陷。`,
    },
    examples: ['bailee index --members members.txt --state /var/lib/bailee-index --listen 127.0.0.1:8450'],
  })
    .requiredOption('--members <file>', context.say({ en: 'who may tell', zh: '成员文件' }))
    .requiredOption('--state <folder>', context.say({ en: 'where it remembers', zh: '状态目录' }))
    .requiredOption('--listen <address>', context.say({ en: 'HOST:PORT', zh: '主机:端口' }))
    .option('--certificate <file>', context.say({ en: 'PEM, for TLS', zh: 'TLS 证书（PEM）' }))
    .option('--key <file>', context.say({ en: 'PEM of its key', zh: '证书私钥（PEM）' }))
    .action((options: Options) => run(context, options));
}

async function run(context: Context, options: Options): Promise<void> {
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(options.listen) ?? [];
  if (host === '') throw new UsageError(`--listen ${options.listen} must be HOST:PORT`);
  const { certificate, key } = options;
  const tls =
    certificate === undefined || key === undefined
      ? null
      : { certificate: read(certificate), key: read(key) };
  if (tls === null && !['127.0.0.1', 'localhost', '::1'].includes(host))
    throw new UsageError(`--listen ${options.listen}: outside of this machine give --certificate and --key`);
  const members = membersIn(read(options.members));
  const { openUniquenessServer } = await import('../gateway/uniqueness-server.ts');
  await runUntil(context.world.signal, async (onFatal) => {
    const server = await openUniquenessServer({
      host,
      port: Number(port),
      tls,
      state: resolve(options.state),
      members,
      onFatal,
    });
    context.tell(`bailee: index ${server.url}, ${members.length} members`);
    return server;
  });
}

/** @throws UsageError naming the line that is wrong */
function membersIn(text: string): readonly Member[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const members = lines.map((line) => {
    const [, name, hash] = /^([\w.-]{1,64})\s+sha256:([0-9a-f]{64})\s*$/.exec(line) ?? [];
    if (name === undefined || hash === undefined)
      throw new UsageError(`"${line.slice(0, 80)}" is not NAME sha256:64 hexadecimal digits`);
    return { name, sha256: Buffer.from(hash, 'hex') };
  });
  if (new Set(members.map((m) => m.name)).size < members.length)
    throw new UsageError('a member is named twice');
  return members;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${String(error)}`);
  }
}
