import type { AlarmFigures } from '../gateway/archive/open-read-only.ts';
import type { Lang } from './context.ts';
import { shown } from './inputs.ts';

/** The figures of an alarm system for people, each beside what ISA-18.2 / IEC 62682 aims at. */
export function describeFigures(f: AlarmFigures, lang: Lang): string {
  const say = (en: string, zh: string): string => (lang === 'zh' ? zh : en);
  const none = say('  none', '  无');
  const list = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [none] : lines);
  const time = (ms: number | null): string =>
    ms === null ? say('nobody answered', '无人确认') : spanText(ms, lang);
  const { urgent, high, medium, low } = f.priorities;
  const { setAside: aside, acknowledged: ack, floods } = f;
  return [
    `${shown(f.from)} … ${shown(f.to)}`,
    say(
      `Alarms that called: ${f.annunciated}, ${rate(f.perHour)} an hour, ${rate(f.perOperatorHour)} an hour for each of ${f.operators} operators (aim: about 6, at most 12)`,
      `发出的报警：${f.annunciated} 次，每小时 ${rate(f.perHour)} 次，${f.operators} 名操作员每人每小时 ${rate(f.perOperatorHour)} 次（目标约 6，不超过 12）`,
    ),
    say(
      `Busiest hour: ${f.busiestHour}; most in 10 minutes: ${floods.most}`,
      `最忙一小时：${f.busiestHour} 次；10 分钟内最多：${floods.most} 次`,
    ),
    say(
      `Floods (more than 10 in 10 minutes): ${floods.count}, together ${spanText(floods.ms, lang)}`,
      `报警泛滥（10 分钟超过 10 次）：${floods.count} 次，共 ${spanText(floods.ms, lang)}`,
    ),
    say(
      `By priority: urgent ${percent(urgent.share)} (aim 5 %), high ${percent(high.share)} (15 %), medium and low ${percent(medium.share + low.share)} (80 %)`,
      `按优先级：紧急 ${percent(urgent.share)}（目标 5 %），高 ${percent(high.share)}（15 %），中与低 ${percent(medium.share + low.share)}（80 %）`,
    ),
    say(
      `Acknowledged: ${ack.n}, median ${time(ack.medianMs)}, 95 % within ${time(ack.p95Ms)}; still calling: ${ack.waiting}`,
      `已确认：${ack.n} 次，中位用时 ${time(ack.medianMs)}，95 % 在 ${time(ack.p95Ms)} 内；仍在呼叫：${ack.waiting}`,
    ),
    say(
      `Set aside: ${aside.shelved} shelved, ${aside.suppressed} suppressed, ${aside.outOfService} out of service (acts: ${aside.shelvings} shelvings, ${aside.maintenances} maintenances, ${aside.takenOut} taken out)`,
      `不显示的报警：搁置 ${aside.shelved}，抑制 ${aside.suppressed}，停用 ${aside.outOfService}（操作：搁置 ${aside.shelvings} 次，检修 ${aside.maintenances} 次，停用 ${aside.takenOut} 次）`,
    ),
    say(
      `Standing: ${f.standing}. Stale (more than 24 h):`,
      `当前报警：${f.standing}。陈旧（超过 24 小时）：`,
    ),
    ...list(f.stale.map((s) => `  ${s.alarm}: ${spanText(s.ms, lang)}`)),
    say('Chattering (3 within a minute):', '跳变（一分钟内三次）：'),
    ...list(f.chattering.map((c) => `  ${c.alarm}: ${c.episodes}`)),
    say('Most frequent:', '最频繁：'),
    ...list(
      f.mostFrequent.map((a) => `  ${String(a.n).padStart(5)}  ${percent(a.share).padStart(6)}  ${a.alarm}`),
    ),
  ].join('\n');
}

function rate(n: number): string {
  return n.toFixed(n < 10 ? 2 : 0);
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

const SPANS = [
  { ms: 86_400_000, en: 'd', zh: '天' },
  { ms: 3_600_000, en: 'h', zh: '小时' },
  { ms: 60_000, en: 'min', zh: '分钟' },
  { ms: 1000, en: 's', zh: '秒' },
] as const;

/** In the largest unit of which there are at least two. */
function spanText(ms: number, lang: Lang): string {
  const span = SPANS.find((s) => ms >= 2 * s.ms) ?? SPANS[3];
  return `${Math.round(ms / span.ms)} ${span[lang]}`;
}
