import { readAmount } from '../amount.ts';
import { clickIdCandidates } from '../click-candidates.ts';
import type { Network } from '../contract.ts';
import { listOf, type Parameters, plainName, readParameters, textOf } from '../parameters.ts';
import { readCountry } from '../place.ts';
import { reportOf } from '../report.ts';
import { readMoment, zoneOf } from '../time.ts';
import { itemStatuses } from './status.ts';

const SLOTS = ['publisher_reference', 'advertiser_reference'] as const;
const DEFAULT_SLOT = 'publisher_reference';
const TIME_ZONE = 'UTC';

/** Partnerize (Performance Horizon): one JSON object per conversion, statuses and commissions per item. */
export const partnerize: Network = {
  id: 'partnerize',
  title: 'Partnerize',
  clickIdSlot: DEFAULT_SLOT,
  clickIdSlots: SLOTS,
  linkParameter: { publisher_reference: 'pubref', advertiser_reference: 'adref' },
  timeZone: TIME_ZONE,
  // It posts JSON to the bare URL; there are no macros to fill in.
  postbackQuery: '',

  parse(input, settings) {
    const call = readParameters(input, plainName);
    if ('error' in call) return call;
    const items = listOf(call, 'items', plainName);
    const statuses = itemStatuses(call, items, settings.statusWords);
    const userAgent = textOf(call, 'user_agent');
    return reportOf(call, {
      orderId: orderIdOf(call),
      status: statuses.report,
      amount: readAmount(call, 'amount', 'publisher_commission'),
      currency: textOf(call, 'currency'),
      orderValue: readAmount(call, 'order_value', 'value'),
      occurredAtMs: readMoment(call, { date: ['conversion_time'] }, zoneOf(settings.timeZone, TIME_ZONE, call.flags)),
      clickIdCandidates: clickIdCandidates({
        configured: settings.clickIdSlot?.trim() || DEFAULT_SLOT,
        others: SLOTS,
        valueOf: (slot) => textOf(call, slot),
      }),
      // `conversion_type` 1 is a standard transaction: it asks for no event of its own.
      eventName: null,
      offerId: textOf(call, 'campaign_id'),
      country: readCountry(call, 'country'),
      ip: null,
      user: userAgent === null ? {} : { userAgent },
      items: items.map((item, index) => ({
        id: textOf(item, 'item_id'),
        sku: textOf(item, 'item_sku'),
        category: textOf(item, 'item_category'),
        value: readAmount(item, 'item_amount', 'item_value'),
        payout: readAmount(item, 'item_amount', 'item_publisher_commission'),
        status: statuses.items[index]!,
      })),
    }, input, settings);
  },
};

/** A reference is the advertiser's own number and may come again in another campaign. */
function orderIdOf(call: Parameters): string | null {
  const conversionId = textOf(call, 'conversion_id');
  if (conversionId !== null) return conversionId;
  const reference = textOf(call, 'conversion_reference');
  const campaign = textOf(call, 'campaign_id');
  if (reference === null || campaign !== null) return reference === null ? null : `${campaign}/${reference}`;
  call.flags.add('campaign_missing');
  return reference;
}
