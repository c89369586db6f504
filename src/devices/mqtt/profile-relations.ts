import type { Problem } from '../../domain/errors.ts';
import { mapsIn } from '../schema.ts';

/** What one field of a payload map must be because of another, as far as both can be read. */
export function relationProblems(raw: unknown): Problem[] {
  const problems: Problem[] = [];
  const known = mapsIn(raw, 'channels').map(({ id }) => String(id));
  known.forEach((id, i) => {
    const path = ['channels', i, 'id'];
    if (known.indexOf(id) !== i) problems.push({ path, message: `"${id}" stands twice` });
  });
  for (const [i, m] of mapsIn(raw, 'messages').entries()) {
    const values = mapsIn(m, 'values');
    values.forEach(({ channel: named }, j) => {
      if (typeof named !== 'string' || known.includes(named)) return;
      const message = `must be one of the channels ${known.join(', ')}`;
      problems.push({ path: ['messages', i, 'values', j, 'channel'], message, found: named });
    });
    const { repeat } = m;
    const path = ['messages', i, 'repeat'];
    if (repeat === 'time' && !('time' in m)) {
      problems.push({ path, message: 'needs a time field, and this message has none' });
    } else if (repeat !== undefined && !('time' in m) && !values.some((v) => v['path'] === repeat)) {
      // After a restart a repeat is known by what the journal holds of the message.
      problems.push({ path, message: 'needs a time field, or a channel that records the counter' });
    }
  }
  return problems;
}
