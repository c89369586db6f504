import type { Command } from 'commander';
import { describeProblems } from '../config/describe.ts';
import { ExitCode } from '../domain/errors.ts';
import { unitSign } from '../domain/unit-signs.ts';
import type { SiteConfiguration } from '../gateway/site/site.ts';
import { command, withJson } from './command.ts';
import type { Context } from './context.ts';
import { credentialsToCheck } from './credentials.ts';

export function checkCommand(context: Context): Command {
  return withJson(
    command(context, 'check', {
      summary: {
        en: 'check a configuration whole and say what is configured',
        zh: '完整检查配置，并列出所配置的内容',
      },
      more: {
        en: 'Tells every problem at once, with its place and what would be right. Exit 0: correct; 78: not.',
        zh: '一次列出全部问题，注明位置与正确写法。退出码 0：正确；78：有误。',
      },
      examples: ['bailee check /etc/bailee/gateway.yaml'],
    }),
    context,
  )
    .argument('<file>', context.say({ en: 'configuration file', zh: '配置文件' }))
    .action((file: string, { json }: { json?: boolean }) => check(context, file, json === true));
}

async function check(context: Context, file: string, json: boolean): Promise<void> {
  const { loadSite, zonesOf } = await import('../gateway/site/site.ts');
  const loaded = await loadSite(file, credentialsToCheck(context.world));
  if (!loaded.ok) {
    context.exitCode = ExitCode.config;
    if (json) context.json({ ok: false, problems: loaded.problems });
    else context.tell(describeProblems(loaded.problems, context.lang));
    return;
  }
  const summary = summarise(loaded.value, zonesOf(loaded.value.zones));
  if (json) context.json({ ok: true, ...summary });
  else {
    const { reportChanges } = await import('./rule-report.ts');
    context.out([describe(summary, context), ...(await reportChanges(loaded.value, context))].join('\n'));
  }
}

type Summary = ReturnType<typeof summarise>;

/** What of a configuration a person checks by eye: above all, which rule watches which stream. */
function summarise(site: SiteConfiguration, zones: Parameters<SiteConfiguration['rules'][number]['on']>[1]) {
  const streams = site.connections.flatMap((c) => c.streams);
  return {
    file: site.file,
    gateway: site.gateway,
    data: site.data,
    connections: site.connections.map((c) => ({
      id: c.id,
      streams: c.streams.map(({ id, quantity, unit, place, cadenceMs, maxGapMs }) => {
        return { id, quantity, unit, zone: place, cadenceMs, maxGapMs };
      }),
      actuators: Object.fromEntries(c.actuators),
    })),
    rules: site.rules
      .filter(({ calls }) => calls)
      .map((rule) => ({
        id: rule.id,
        title: rule.alarm.title,
        kind: rule.kind,
        streams: streams.filter((s) => rule.on(s, zones)).map((s) => s.id),
      })),
    channels: site.channels.map(({ id, kind }) => ({ id, kind })),
    keys: keysOf(site),
    witnesses: site.witnesses && {
      quorum: site.witnesses.quorum,
      list: site.witnesses.list.map(({ url, vkey, owner }) => ({
        name: vkey.split('+')[0] ?? '',
        url,
        owner,
      })),
    },
    ledger: site.ledger && { kind: site.ledger.kind, url: site.ledger.url, contract: site.ledger.contract },
  };
}

/** Where each key is; nothing of a key or a PIN itself. */
function keysOf({ keys, data }: SiteConfiguration) {
  const token =
    keys.token === null ? '' : [keys.token.label, keys.token.serial].filter((x) => x !== null).join(' ');
  return {
    log:
      keys.log === null
        ? `file:${data}/log.key`
        : keys.log.kind === 'secret'
          ? keys.log.reference
          : `token ${token}`,
    sm2: keys.sm2,
  };
}

function describe(s: Summary, context: Context): string {
  const none = context.say({ en: 'none', zh: '无' });
  const rules = s.rules.map(
    (rule) => `  ${rule.id} (${rule.kind}, ${context.say(rule.title)}): ${rule.streams.join(', ')}`,
  );
  const connections = s.connections.flatMap((c) => [
    `  ${c.id}`,
    ...c.streams.map((x) => `    ${x.id} [${context.say(unitSign(x.unit)) || '1'}] ${x.zone}`),
    ...Object.entries(c.actuators).map(([device, verbs]) => `    ${device}: ${verbs.join(', ')}`),
  ]);
  return [
    `${context.say({ en: 'Correct:', zh: '配置正确：' })} ${s.file}`,
    `${context.say({ en: 'gateway', zh: '网关' })} ${s.gateway.id}, ${context.say(s.gateway.name)}`,
    `${context.say({ en: 'data', zh: '数据目录' })} ${s.data}`,
    `${context.say({ en: 'devices and streams', zh: '设备与数据流' })}:`,
    ...connections,
    `${context.say({ en: 'rules and what they watch', zh: '规则及其监视对象' })}:`,
    ...rules,
    `${context.say({ en: 'channels', zh: '通知渠道' })}: ${s.channels.map((c) => `${c.id} (${c.kind})`).join(', ') || none}`,
    `${context.say({ en: 'keys', zh: '密钥' })}: log ${s.keys.log}${s.keys.sm2 === null ? '' : `, SM2 ${s.keys.sm2}`}`,
    `${context.say({ en: 'witnesses', zh: '见证方' })}: ${witnessesText(s.witnesses, context) ?? none}`,
    `${context.say({ en: 'ledger', zh: '账本' })}: ${s.ledger === null ? none : `${s.ledger.kind} ${s.ledger.url} ${s.ledger.contract}`}`,
  ].join('\n');
}

function witnessesText(witnesses: Summary['witnesses'], context: Context): string | null {
  if (witnesses === null) return null;
  const { quorum, list } = witnesses;
  const of = new Set(list.map((w) => w.owner)).size;
  const enough = context.say({
    en: `${quorum} of ${of} owners are enough`,
    zh: `${of} 方中 ${quorum} 方即可`,
  });
  return [enough, ...list.map((w) => `\n  ${w.name} (${w.owner}) ${w.url}`)].join('');
}
