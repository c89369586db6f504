import * as z from 'zod';
import type { Change } from '../config/changes.ts';
import type { Context } from './context.ts';
import { shown } from './inputs.ts';

const change = z.looseObject({ path: z.string(), old: z.string().nullable(), new: z.string().nullable() });
const status = z.looseObject({
  state: z.enum(['confirmed', 'trial', 'rolled-back', 'stuck']),
  rules: z.string(),
  until: z.number().nullable(),
  endorsedBy: z.string().nullable(),
  needsTwo: z.boolean(),
  why: z.string(),
  changes: z.array(change),
});

type Status = z.output<typeof status>;

/** @throws z.ZodError for what is no answer of this API */
export function readRuleSet(raw: unknown): Status {
  return status.parse(raw);
}

export function describeRuleSet(s: Status, context: Context): string {
  const until = s.until === null ? '' : shown(s.until);
  const head = {
    confirmed: { en: 'The rules in force are confirmed.', zh: '当前规则已确认。' },
    trial: {
      en: `Changed rules are on trial until ${until}: "bailee rules confirm", or they go back.`,
      zh: `规则已更改，试运行至 ${until}：请执行 bailee rules confirm，否则恢复原规则。`,
    },
    'rolled-back': {
      en: `The configured rules are not in force, but those confirmed last: ${s.why}. "bailee rules try" tries them again.`,
      zh: `所配置的规则未生效，仍使用上次确认的规则：${s.why}。再次试运行请执行 bailee rules try。`,
    },
    stuck: {
      en: `Rules are in force that nobody confirmed: ${s.why}.`,
      zh: `未经确认的规则正在生效：${s.why}。`,
    },
  }[s.state];
  const lines = [context.say(head)];
  if (s.state !== 'confirmed' && s.needsTwo) {
    const first = s.endorsedBy ?? context.say({ en: 'nobody yet', zh: '尚无' });
    lines.push(
      context.say({ en: `Two persons confirm; so far: ${first}.`, zh: `须由两人确认；目前：${first}。` }),
    );
  }
  if (s.changes.length > 0) lines.push(describeChanges(s.changes));
  return lines.join('\n');
}

/** Each difference in a line: what was added, removed, or is another now. */
export function describeChanges(changes: readonly Change[]): string {
  return changes
    .map(({ path, old, new: now }) => {
      if (old === null) return `  + ${path}: ${now ?? ''}`;
      if (now === null) return `  - ${path}: ${old}`;
      return `  ~ ${path}: ${old} → ${now}`;
    })
    .join('\n');
}
