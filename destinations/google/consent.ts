import type { OutboundEvent } from '../contract.ts';

export interface GoogleConsent {
  adUserData?: string;
  adPersonalization?: string;
}

/** What the visitor said, else what the settings vouch for; undefined where neither says anything. `words` are the API's own. */
export const consentOf = (
  { click }: Pick<OutboundEvent, 'click'>, { consentWhenUnknown }: { consentWhenUnknown?: string | undefined }, words: { granted: string; denied: string },
): GoogleConsent | undefined => {
  const inWords = (given = consentWhenUnknown === 'granted' ? true : undefined) =>
    given === undefined ? undefined : given ? words.granted : words.denied;
  const adUserData = inWords(click?.consent.adUserData);
  const adPersonalization = inWords(click?.consent.adPersonalization);
  return adUserData || adPersonalization ? { ...(adUserData && { adUserData }), ...(adPersonalization && { adPersonalization }) } : undefined;
};
