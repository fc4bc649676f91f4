import { setTimeout as sleep } from 'node:timers/promises';
import type { Conversation, Report } from './conversations.ts';
import type { Random } from './random.ts';

/** The networks and browsers outside, over real HTTP, with the patience that such callers have. */

export interface Caller {
  /** Plays the conversations at their moments; resolves when the last call has its answer or was given up, all of them by `untilMs`. */
  play(conversations: readonly Conversation[], random: Random, untilMs: number): Promise<void>;
  readonly tally: Map<string, Tally>;
  counts: { postbacks: number; answered: number };
}

/** Of one report: calls that were answered 200, and calls in all. */
export interface Tally {
  answered: number;
  calls: number;
}

const CALL_TIMEOUT_MS = 10_000;
const REPEAT_FIRST_MS = 500;
const REPEAT_LONGEST_MS = 5_000;
const GIVES_UP = 0.2;
const USER_AGENT = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';

export function createCaller(apiUrl: string, keys: { tagKey: string; postbackKey: string }): Caller {
  const tally = new Map<string, Tally>();
  const counts = { postbacks: 0, answered: 0 };

  async function click(clickId: string, random: Random, untilMs: number): Promise<void> {
    const landing = new URLSearchParams({ fbclid: `IwAR${random.text(30)}`, gclid: `Cj0K${random.text(40)}`, ttclid: `E.C.P.${random.text(30)}` });
    const body = JSON.stringify({
      clickId, landingUrl: `https://shop.example/landing?${landing}`, linkUrl: `https://offer.example/?d3=${clickId}`, network: 'kma', consent: { adUserData: true, adPersonalization: true },
    });
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json', 'user-agent': USER_AGENT, 'x-forwarded-for': '203.0.113.7' } };
    // A browser keeps a click that it could not send.
    const taken = await repeat(() => succeeds(`${apiUrl}/${keys.tagKey}/clicks`, init), () => Date.now() > untilMs);
    if (!taken) throw new Error(`The click ${clickId} was not taken although the fault was over.`);
  }

  async function postback(conversation: Conversation, report: Report, random: Random, untilMs: number): Promise<void> {
    const url = `${apiUrl}/${keys.postbackKey}/collect/kma?${queryOf(conversation, report)}`;
    const of = tally.get(report.mark)!;
    const giveUpAfter = random.chance(GIVES_UP) ? random.between(1, 4) : Infinity;
    let calls = 0;
    const answered = await repeat(() => {
      calls++;
      of.calls++;
      return succeeds(url);
    }, () => calls >= giveUpAfter || Date.now() > untilMs);
    if (!answered) return;
    of.answered++;
    counts.answered++;
  }

  return {
    tally, counts,
    async play(conversations, random, untilMs) {
      const begin = Date.now();
      const at = async (atMs: number, act: () => Promise<void>): Promise<void> => {
        await sleep(Math.max(0, begin + atMs - Date.now()));
        await act();
      };
      await Promise.all(conversations.flatMap((conversation) => {
        const own = random.fork(conversation.key);
        const { clickId, clickAtMs, steps } = conversation;
        const clicks = clickId !== null && clickAtMs !== null ? [at(clickAtMs, () => click(clickId, own.fork('click'), untilMs))] : [];
        const reports = steps.flatMap(({ atMs, copies, report }) => {
          tally.set(report.mark, { answered: 0, calls: 0 });
          counts.postbacks += copies;
          return Array.from({ length: copies }, (_, copy) => at(atMs, () => postback(conversation, report, own.fork(`${report.mark}/${copy}`), untilMs)));
        });
        return [...clicks, ...reports];
      }));
    },
  };
}

/** KMA's parameters; `bannerid` is none that means anything here, so it carries the mark. */
function queryOf({ orderId, clickId }: Conversation, { mark, status, amount, currency, dateUnix }: Report): string {
  const parameters = new URLSearchParams({ status: status ?? '{status}', bannerid: mark, countrycode: 'ES' });
  if (orderId !== null) parameters.set('orderid', orderId);
  if (clickId !== null) parameters.set('data3', clickId);
  if (amount !== null) parameters.set('sum', amount);
  if (currency !== null) parameters.set('currency', currency);
  if (dateUnix !== null) parameters.set('date_unix', String(dateUnix));
  return parameters.toString();
}

export const markIn = (query: string): string | null => new URLSearchParams(query).get('bannerid');

/** Whether it was answered 2xx. A refusal that no repeat would change is a fault of this program. */
async function succeeds(url: string, init?: RequestInit): Promise<boolean> {
  try {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(CALL_TIMEOUT_MS) });
    const text = await answer.text();
    if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) throw new Refused(`${new URL(url).pathname} was answered ${answer.status}: ${text}`);
    return answer.ok;
  } catch (error) {
    if (error instanceof Refused) throw error;
    return false;
  }
}

class Refused extends Error {}

/** Until it succeeds or is given up; answers whether it succeeded. */
async function repeat(call: () => Promise<boolean>, givenUp: () => boolean): Promise<boolean> {
  for (let waitMs = REPEAT_FIRST_MS; !(await call()); waitMs = Math.min(waitMs * 1.5, REPEAT_LONGEST_MS)) {
    if (givenUp()) return false;
    await sleep(waitMs);
  }
  return true;
}
