import { unitText } from './format.ts';
import type { Language } from './language.tsx';
import type { StreamName } from './picture.ts';

/** `1 · modbus:7/t (°C), cold-1`: the gateway's own events have no channel. */
export function streamText(s: StreamName, language: Language): string {
  if (s.kind === 0) return `${s.slot} · ${language === 'zh' ? '网关事件' : 'the gateway’s events'}`;
  const unit = unitText(s.unit, language);
  return `${s.slot} · ${s.dev}/${s.ch}${unit === '' ? '' : ` (${unit})`}${s.place === '' ? '' : `, ${s.place}`}`;
}
