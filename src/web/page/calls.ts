import type {
  Alarm,
  AlarmFiguresAnswer,
  AlarmHistory,
  Device,
  Incident,
  IncidentSummary,
  Maintenance,
  Order,
  Picture,
  Problem,
  PushState,
  ReadingsPage,
  RuleSetStatus,
  Session,
  Status,
  Stream,
} from '../../api/types.ts';

/** The gateway said no, and why; status 0 when it said nothing. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  readonly status: number;
  /** The gateway's own word for it; empty when it said nothing. */
  readonly code: string;
  constructor(status: number, message: string, options?: ErrorOptions & { readonly code?: string }) {
    super(message, options);
    this.status = status;
    this.code = options?.code ?? '';
  }
}

type Answers = {
  /** null when nobody is signed in. */
  readonly session: Session | null;
  readonly status: Status;
  readonly streams: readonly Stream[];
  readonly alarms: readonly Alarm[];
  readonly maintenance: readonly Maintenance[];
  readonly pictures: readonly Picture[];
  readonly orders: readonly Order[];
  /** Of the last day. */
  readonly incidents: readonly IncidentSummary[];
  readonly push: PushState;
  readonly devices: readonly Device[];
  readonly rules: RuleSetStatus;
};

/** @throws CallFailed */
export async function get<N extends keyof Answers>(name: N): Promise<Answers[N]> {
  const found: Answers[N] = await (await send('GET', name)).json();
  return found;
}

/** The readings of one stream in [from, to), ms; the first page of them. @throws CallFailed */
export async function getReadings(stream: string, from: number, to: number): Promise<ReadingsPage> {
  const query = new URLSearchParams({ from: String(from), to: String(to), limit: '2000' });
  const answer = await send('GET', `streams/${encodeURIComponent(stream)}/readings?${query.toString()}`);
  const page: ReadingsPage = await answer.json();
  return page;
}

/** @throws CallFailed */
export async function openSession(token: string): Promise<Session> {
  const session: Session = await (await send('POST', 'session', { token })).json();
  return session;
}

/** @throws CallFailed */
export async function closeSession(csrf: string): Promise<void> {
  await send('DELETE', 'session', undefined, csrf);
}

/** Does something about the alarm or zone of this address, and resolves once it is on record. @throws CallFailed */
export async function act(address: string, body: object, csrf: string): Promise<void> {
  await send('POST', address, body, csrf);
}

/** Of the last week. @throws CallFailed */
export async function getAlarmHistory(alarm: string): Promise<AlarmHistory> {
  const answer = await send('GET', `alarms/${encodeURIComponent(alarm)}/history?limit=1000`);
  const history: AlarmHistory = await answer.json();
  return history;
}

/** @throws CallFailed */
export async function getIncident(id: string): Promise<Incident> {
  const incident: Incident = await (await send('GET', `incidents/${encodeURIComponent(id)}`)).json();
  return incident;
}

/** Of the last day. @throws CallFailed */
export async function getAlarmFigures(): Promise<AlarmFiguresAnswer> {
  const figures: AlarmFiguresAnswer = await (await send('GET', 'alarm-figures')).json();
  return figures;
}

/** @throws CallFailed */
export /** @throws CallFailed */
async function send(method: string, path: string, body?: unknown, csrf?: string): Promise<Response> {
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(csrf === undefined ? {} : { 'x-csrf-token': csrf }),
  };
  const payload = body === undefined ? null : JSON.stringify(body);
  const answer = await fetch(`/api/v1/${path}`, { method, headers, body: payload }).catch(
    (cause: unknown) => {
      throw new CallFailed(0, 'the gateway does not answer', { cause });
    },
  );
  if (!answer.ok) {
    const { code, detail } = await problemOf(answer);
    throw new CallFailed(answer.status, detail, { code });
  }
  return answer;
}

async function problemOf(answer: Response): Promise<Pick<Problem, 'code' | 'detail'>> {
  if (!/\bjson\b/.test(answer.headers.get('content-type') ?? '')) {
    return { code: '', detail: answer.statusText };
  }
  const problem: Problem = await answer.json();
  return problem;
}
