import { createHash, randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';

/** Makes a token for one person or program, and the line by which the gateway knows it. */
export function tokenCommand(context: Context): Command {
  const made = command(context, 'token', {
    summary: {
      en: 'make a token for a person, and its hash for the configuration',
      zh: '为人员生成令牌，以及写入配置的令牌散列',
    },
    more: {
      en: `Give the token to the person, and to nobody else; put the hash under users: in the configuration. The token itself is
kept nowhere: whoever loses it gets a new one.
Roles: viewer (looks), operator (acknowledges, shelves, comments), supervisor (also takes alarms out of service, puts zones into
maintenance, fetches proofs), installer, admin (erases), auditor (fetches proofs, changes nothing).`,
      zh: `令牌只交给本人；散列写入配置的 users: 之下。令牌本身不在任何地方保存，遗失者需另行生成。
角色：viewer（查看）、operator（确认、搁置、备注）、supervisor（另可停用报警、设置区域检修、取得证明）、installer（安装）、
admin（删除读数）、auditor（取得证明，不作任何更改）。`,
    },
    examples: ['bailee token --json'],
  });
  return withJson(made, context).action((options: { readonly json?: boolean }) => {
    const token = randomBytes(32).toString('base64url');
    const hash = `sha256:${createHash('sha256').update(token).digest('hex')}`;
    if (options.json === true) {
      context.json({ token, hash });
      return;
    }
    context.out(
      [
        `${context.say({ en: 'Token, for the person alone:', zh: '令牌，只交给本人：' })} ${token}`,
        context.say({ en: 'In the configuration:', zh: '写入配置：' }),
        'users:',
        `  - { id: zhang, number: 2, name: Zhang Wei, role: operator, token-hash: '${hash}' }`,
      ].join('\n'),
    );
  });
}
