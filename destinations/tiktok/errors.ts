import { MINUTE } from '../durations.ts';
import { duplicate, misconfigured, rejected, retry, unauthorised, type Verdict } from '../verdict.ts';

/** TikTok for Business: "Appendix: Return codes". The code in the body decides; most answers come with HTTP 200. */

const limited = (whose: string): Verdict => retry(`the rate limit of ${whose} is used up`, MINUTE);
const malformed = (what: string): Verdict => rejected(`TikTok refuses the event: ${what}`);

export const byCode: Record<number, Verdict> = {
  40000: malformed('the request is wrong'),
  40001: misconfigured('the access token may not send events to this pixel'),
  40002: malformed('a parameter is wrong'),
  40006: malformed('a parameter is wrong'),
  40007: malformed('what it refers to does not exist'),
  40009: malformed('the request cannot be carried out'),
  40010: malformed('the request cannot be carried out'),
  40011: malformed('the request cannot be carried out'),
  40016: retry('too many requests', MINUTE),
  40050: duplicate('TikTok has this event already'),
  40051: malformed('the request is wrong'),
  40100: limited('the app'),
  40101: unauthorised('the access token is refused'),
  40102: unauthorised('the access token has expired'),
  40104: unauthorised('the access token is missing'),
  40105: unauthorised('the access token is wrong or was revoked'),
  40106: unauthorised('the access token is refused'),
  40110: unauthorised('the access token is refused'),
  40125: misconfigured('access is refused'),
  40132: limited('the pixel'),
  40133: limited('the advertiser'),
  40202: retry('another request was writing at the same moment'),
  40300: misconfigured('the account may not do this'),
  40301: misconfigured('the account may not do this'),
  40700: malformed('the event cannot be taken'),
  41000: misconfigured('the account or pixel is not set up for this'),
  50000: retry('TikTok failed inside'),
  50002: retry('TikTok failed inside'),
  51305: retry('TikTok failed inside'),
  60001: retry('TikTok is under maintenance'),
};

/** TikTok: "HTTP 5xx: try again after about five minutes". */
export const serverFailed = retry('TikTok failed', 5 * MINUTE);
