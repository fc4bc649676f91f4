import type { BuildContext, OutboundEvent, PlatformRequest } from '../contract.ts';
import { numberOf } from '../json-body.ts';
import { moneyOf } from '../money.ts';
import { microsOf, post } from './payload.ts';
import type { Ga4Settings } from './settings.ts';

/** The event that says that another one no longer holds (Google Analytics: "Recommended events"). What is not here stands for ever. */
const takenBackBy: Readonly<Record<string, string>> = {
  purchase: 'refund',
  generate_lead: 'disqualify_lead',
  qualify_lead: 'disqualify_lead',
  close_convert_lead: 'close_unconvert_lead',
};

const originalName = ({ original, name }: OutboundEvent): string => original?.identifiers['name'] ?? name;

export const reversalProblem = (event: OutboundEvent): string | null => {
  const name = originalName(event);
  if (!Object.hasOwn(takenBackBy, name)) return `Google Analytics has no event that takes ${name} back; only ${Object.keys(takenBackBy).join(', ')} can be taken back.`;
  if (!event.original?.identifiers['clientId']) return 'Google Analytics cannot take an event back whose client id is not known.';
  if (name === 'purchase' && !transactionIdOf(event)) return 'Google Analytics cannot refund a purchase without its transaction id.';
  return null;
};

const transactionIdOf = ({ original }: OutboundEvent): string | undefined => original?.identifiers['transactionId'];

/** A full refund names no items. Its time is that of the change, and always after the event that it takes back. */
export const buildReversal = (event: OutboundEvent, settings: Ga4Settings, ctx: BuildContext): PlatformRequest => {
  const { original } = event;
  const { clientId, sessionId, userId, timestampMicros } = original?.identifiers ?? {};
  const name = takenBackBy[originalName(event)] ?? 'refund';
  const transactionId = transactionIdOf(event);
  const money = original && moneyOf(original, ctx);
  const originalMicros = Number(timestampMicros ?? microsOf(original?.occurredAtMs ?? 0));
  const micros = Math.max(microsOf(event.occurredAtMs), originalMicros + 1);
  return {
    ...post(settings, '/mp/collect', {
      client_id: clientId,
      user_id: userId,
      timestamp_micros: micros,
      events: [{
        name,
        params: {
          transaction_id: transactionId,
          ...(money && { currency: money.currency, value: numberOf(money.value) }),
          session_id: sessionId,
          engagement_time_msec: 1,
        },
      }],
    }),
    sent: [{ name, timestampMicros: String(micros), ...(clientId && { clientId }), ...(transactionId && { transactionId }) }],
  };
};
