import { readAmount } from '../amount.ts';
import { clickIdCandidates } from '../click-candidates.ts';
import type { Network } from '../contract.ts';
import { plainName, readParameters, textOf } from '../parameters.ts';
import { readCountry, readIp } from '../place.ts';
import { reportOf } from '../report.ts';
import { readStatus } from '../status-words.ts';
import { readMoment, zoneOf } from '../time.ts';
import { STATUS_SOURCES } from './status.ts';

const DATA_SLOTS = ['data1', 'data2', 'data3', 'data4', 'data5'] as const;
const DEFAULT_SLOT = 'data3';
/** KMA does not document the zone of `date`; a Russian network's panel runs on Moscow time. */
const TIME_ZONE = 'Europe/Moscow';

/** KissMyAds: a GET (or a form, or JSON) with flat parameters, one for each macro of the postback URL. */
export const kma: Network = {
  id: 'kma',
  title: 'KMA (KissMyAds)',
  clickIdSlot: DEFAULT_SLOT,
  clickIdSlots: DATA_SLOTS,
  linkParameter: { data1: 'd1', data2: 'd2', data3: 'd3', data4: 'd4', data5: 'd5' },
  timeZone: TIME_ZONE,
  postbackQuery:
    'date={date}&date_unix={date_unix}&status={status}&zeustrack_status={zeustrack_status}&affise_status={affise_status}'
    + '&loyalead_status={loyalead_status}&ip={ip}&stream={stream}&sum={sum}&currency={currency}&data1={data1}&data2={data2}'
    + '&data3={data3}&data4={data4}&data5={data5}&orderid={orderid}&bannerid={bannerid}&campaignid={campaignid}&countrycode={countrycode}',

  parse(input, settings) {
    const call = readParameters(input, plainName);
    if ('error' in call) return call;
    return reportOf(call, {
      orderId: textOf(call, 'orderid'),
      status: readStatus(call, STATUS_SOURCES, settings.statusWords),
      amount: readAmount(call, 'amount', 'sum'),
      currency: textOf(call, 'currency'),
      orderValue: null,
      occurredAtMs: readMoment(call, { unix: ['date_unix'], date: ['date'] }, zoneOf(settings.timeZone, TIME_ZONE, call.flags)),
      clickIdCandidates: clickIdCandidates({
        configured: settings.clickIdSlot?.trim() || DEFAULT_SLOT,
        others: DATA_SLOTS,
        valueOf: (slot) => textOf(call, slot),
      }),
      eventName: null,
      offerId: textOf(call, 'campaignid'),
      country: readCountry(call, 'countrycode'),
      ip: readIp(call, 'ip'),
      user: {},
      items: [],
    }, input, settings);
  },
};
