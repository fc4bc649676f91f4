import { expired, misconfigured, rejected, retry, unauthorised, type Verdict } from '../verdict.ts';

/** Microsoft Advertising: "Conversions API (CAPI)", API error handling: `error.code`, what the whole request is refused for. */
export const byCode: Record<string, Verdict> = {
  Unauthorized: unauthorised('the token is missing, wrong, expired, or not one of this UET tag'),
  Forbidden: misconfigured('the token may not send events to this UET tag'),
  ValidationError: rejected('Microsoft refuses the event'),
  TooManyRequests: retry('too many requests'),
  InternalServerError: retry('Microsoft failed inside'),
};

const tooOld = expired('the event is older than seven days');

/** `error.details[].errorCode`: what one event is refused for. One that is not here is a refusal too. */
export const byDetail: Record<string, Verdict> = {
  InvalidEventTime: tooOld,
  InvalidEnumValue: rejected('a value is none of those allowed'),
  Empty: rejected('a field is missing'),
  InvalidUrl: rejected('an address is wrong'),
  InvalidSha256: rejected('a hash is wrong'),
};

/** Older answers have no `errorCode`: only the words tell. */
export const byWords: { words: RegExp; verdict: Verdict }[] = [{ words: /within (the )?last (7|seven) days/i, verdict: tooOld }];

export const refused = rejected('Microsoft refuses the event');
