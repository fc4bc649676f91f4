import type { BuildContext, OutboundEvent } from '../contract.ts';
import type { JsonValue } from '../json-body.ts';
import type { GoogleAdsSettings } from './settings.ts';

/** Fields of a conversion that a caller may set in Google's own spelling (Google Ads API: ClickConversion). */
const FIELDS = new Set(['conversionValue', 'currencyCode', 'customVariables', 'cartData', 'customerType', 'externalAttributionData']);

/** A custom variable is named by its number or by its whole resource name. */
const VARIABLE = /^(?:customers\/\d+\/conversionCustomVariables\/)?(\d+)$/;

/** A conversion's own keys: Google's fields as they are, a number as the custom variable of that number. What is neither, Google would refuse. */
export const customOf = ({ custom }: Pick<OutboundEvent, 'custom'>, { customerId }: GoogleAdsSettings, ctx: BuildContext): Record<string, JsonValue> => {
  const entries = Object.entries(custom).filter(([, value]) => value !== null && value !== undefined);
  const variables: JsonValue[] = [];
  for (const [key, value] of entries.filter(([name]) => !FIELDS.has(name))) {
    const number = VARIABLE.exec(key)?.[1];
    if (number === undefined) ctx.warn?.(`custom.${key} is left out: it is neither a field of a conversion nor the number of a custom variable.`);
    else variables.push({ conversionCustomVariable: `customers/${customerId}/conversionCustomVariables/${number}`, value: typeof value === 'string' ? value : JSON.stringify(value) });
  }
  return { ...(variables.length > 0 && { customVariables: variables }), ...Object.fromEntries(entries.filter(([name]) => FIELDS.has(name))) };
};
