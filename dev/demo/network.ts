import { setTimeout as sleep } from 'node:timers/promises';
import { randomBase62 } from '../../store/ids.ts';
import type { PropertyDoc } from '../../store/documents.ts';

/** The world outside, over real HTTP: a visitor's browser that sends clicks, and networks that call the postback URL. */

export interface Outside {
  /** Sends a click of a browser that had Meta's cookie yesterday; its landing page carries the ids of all three platforms. Returns its click id. */
  click(clickId?: string): Promise<string>;
  newClickId(): string;
  kma(report: Record<string, string>): Promise<void>;
  partnerize(body: string): Promise<void>;
  /** Postbacks that were answered 200. */
  readonly answered: number;
}

const USER_AGENT = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';
const DAY_MS = 24 * 3600 * 1000;
const REPEATS_MAX = 60;
const REPEAT_AFTER_MS = 500;

export function outside(apiUrl: string, property: PropertyDoc): Outside {
  let answered = 0;
  const collect = async (path: string, init?: RequestInit) => {
    await insist(`${apiUrl}/${property.postbackKey}/collect/${path}`, init);
    answered++;
  };
  return {
    newClickId: () => randomBase62(22),
    async click(clickId = randomBase62(22)) {
      const landingUrl = `https://shop.example/landing?utm_source=demo&fbclid=IwAR${randomBase62(30)}&gclid=Cj0K${randomBase62(40)}&ttclid=E.C.P.${randomBase62(30)}`;
      const body = { clickId, landingUrl, pageUrl: 'https://shop.example/offer', linkUrl: `https://offer.example/?d3=${clickId}`, network: 'kma', ids: { fbp: `fb.1.${Date.now() - DAY_MS}.1098115397` }, consent: { adUserData: true, adPersonalization: true } };
      await insist(`${apiUrl}/${property.tagKey}/clicks`, { method: 'POST', headers: { 'content-type': 'application/json', 'user-agent': USER_AGENT }, body: JSON.stringify(body) });
      return clickId;
    },
    kma: (report) => collect(`kma?${new URLSearchParams(report)}`),
    partnerize: (body) => collect('partnerize', { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
    get answered() {
      return answered;
    },
  };
}

/** Repeats a call that was not answered with success, as a network does: the API may just be coming back. */
async function insist(url: string, init?: RequestInit): Promise<void> {
  for (let repeat = 0; ; repeat++) {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) }).catch((error: Error) => error);
    if (answer instanceof Response && answer.ok) return void (await answer.arrayBuffer());
    const why = answer instanceof Response ? `${answer.status} ${await answer.text()}` : String(answer.cause ?? answer.message);
    if (repeat === REPEATS_MAX || (answer instanceof Response && answer.status < 500)) throw new Error(`${init?.method ?? 'GET'} ${new URL(url).pathname}: ${why}`);
    await sleep(REPEAT_AFTER_MS);
  }
}
