import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomBase62 } from '../../store/ids.ts';
import type { PropertyDoc } from '../../store/documents.ts';

/** The world outside, over real HTTP: a visitor's browser that sends clicks, and networks that call the postback URL. */

export interface Outside {
  /** Sends a click of a browser that had Meta's cookie yesterday; its landing page carries the click ids of every ad platform. Returns its click id. */
  click(clickId?: string): Promise<string>;
  newClickId(): string;
  kma(report: Record<string, string>): Promise<void>;
  partnerize(body: string): Promise<void>;
  /** Postbacks that were answered 200. */
  readonly answered: number;
}

const USER_AGENT = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';
const VISITOR_IP = '203.0.113.7';
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
      const landingUrl = `https://shop.example/landing?${new URLSearchParams({ utm_source: 'demo', ...clickIdsOfAds() })}`;
      const ids = { fbp: `fb.1.${Date.now() - DAY_MS}.1098115397`, ga_client_id: `${digits(9)}.${Math.floor(Date.now() / 1000) - 86_400}` };
      const body = { clickId, landingUrl, pageUrl: 'https://shop.example/offer', linkUrl: `https://offer.example/?d3=${clickId}`, network: 'kma', ids, consent: { adUserData: true, adPersonalization: true } };
      await insist(`${apiUrl}/${property.tagKey}/clicks`, { method: 'POST', headers: { 'content-type': 'application/json', 'user-agent': USER_AGENT, 'x-forwarded-for': VISITOR_IP }, body: JSON.stringify(body) });
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

const digits = (length: number): string => Array.from({ length }, () => Math.floor(Math.random() * 9) + 1).join('');
const hex = (length: number): string => randomBytes(length / 2).toString('hex');

/** What each ad platform puts on a landing page's address. No visitor comes from all of them at once; a demo's does. */
const clickIdsOfAds = (): Record<string, string> => ({
  fbclid: `IwAR${randomBase62(30)}`, gclid: `Cj0K${randomBase62(40)}`, ttclid: `E.C.P.${randomBase62(30)}`, msclkid: hex(32),
  ScCid: randomUUID(), epik: `dj0y${randomBase62(40)}`, rdt_cid: digits(19), twclid: randomBase62(24).toLowerCase(), li_fat_id: randomUUID(),
  tblci: `GiB${randomBase62(80)}`, obclid: `v1-${hex(32)}-${hex(32)}`, oppref: randomBase62(32),
});
