import type { RuleSetting } from './port.ts';

/** Rules that are on trial until somebody confirms them, or says otherwise. */
export class MemoryRules implements RuleSetting {
  readonly said: Readonly<Record<string, unknown>>[] = [];

  state(): ReturnType<RuleSetting['state']> {
    const isOpen = this.said.length === 0;
    return {
      state: isOpen ? 'trial' : 'confirmed',
      rules: 'ab'.repeat(32),
      since: isOpen ? 1000 : null,
      until: isOpen ? 901_000 : null,
      endorsedBy: null,
      needsTwo: false,
      why: '',
      changes: isOpen ? [{ path: 'rules/warm/above', old: '8', new: '9' }] : [],
    };
  }

  confirm(by: Parameters<RuleSetting['confirm']>[0]): void {
    this.said.push({ ...by, verb: 'confirm' });
  }

  revert(by: Parameters<RuleSetting['revert']>[0]): Promise<void> {
    this.said.push({ ...by, verb: 'revert' });
    return Promise.resolve();
  }

  tryAgain(by: Parameters<RuleSetting['tryAgain']>[0]): void {
    this.said.push({ ...by, verb: 'try' });
  }
}
