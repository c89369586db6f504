import type { RuleSetStatus } from '../api/types.ts';
import type { Finding } from '../ops/health.ts';

/** Rules that nobody confirmed are told until somebody has, or they are gone. */
export function checkRules({ state, until, endorsedBy, needsTwo, why }: RuleSetStatus): Finding {
  const by = new Date(until ?? 0).toISOString();
  switch (state) {
    case 'confirmed':
      return { state: 'ok', detail: { en: 'the rules in force are confirmed', zh: '当前规则已确认' } };
    case 'trial': {
      const two = { en: needsTwo ? ' by two persons' : '', zh: needsTwo ? '由两人' : '' };
      const one =
        endorsedBy === null
          ? { en: '', zh: '' }
          : { en: `; ${endorsedBy} did`, zh: `（${endorsedBy} 已确认）` };
      return {
        state: 'degraded',
        detail: {
          en: `changed rules are on trial and go back unless confirmed${two.en} by ${by}${one.en}`,
          zh: `规则已更改，试运行中；须在 ${by} 前${two.zh}确认${one.zh}，否则恢复原规则`,
        },
      };
    }
    case 'rolled-back':
      return {
        state: 'degraded',
        detail: {
          en: `the rules that are configured are not in force, but those confirmed last: ${why}`,
          zh: `所配置的规则未生效，仍使用上次确认的规则：${why}`,
        },
      };
    case 'stuck':
    default:
      return {
        state: 'failed',
        detail: {
          en: `rules are in force that nobody confirmed: ${why}`,
          zh: `未经确认的规则正在生效：${why}`,
        },
      };
  }
}
