import Big from 'big.js';
import type { BuildContext } from '../contract.ts';
import { numberOf } from '../json-body.ts';

/** ISO 4217: how many decimals a currency's minor unit has, where it is not two. */
const DECIMALS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
  CLF: 4, UYW: 4,
};

/**
 * An amount as a whole number of the currency's minor unit: 10.10 EUR -> 1010, 500 JPY -> 500 (OpenAI Ads: "Event data shapes").
 * What is finer than the unit is rounded half up, and said.
 */
export const minorUnits = (field: string, amount: string, currency: string, ctx?: Pick<BuildContext, 'warn'>) => {
  const exact = new Big(amount).times(new Big(10).pow(DECIMALS[currency] ?? 2));
  const whole = exact.round(0, Big.roundHalfUp);
  if (!exact.eq(whole)) ctx?.warn?.(`${field} is rounded: ${amount} ${currency} is finer than the currency's smallest unit.`);
  return numberOf(whole.toFixed());
};
