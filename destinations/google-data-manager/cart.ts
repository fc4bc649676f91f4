import type { BuildContext, OutboundEvent } from '../contract.ts';
import { numberOf } from '../json-body.ts';

/**
 * `cartData.items`: products have an id, and Google takes none with a click of iOS (FieldWarning:
 * CART_DATA_NOT_SUPPORTED_WITH_GBRAID_OR_WBRAID). Quantities are int64, which JSON has as text.
 */
export const cartOf = ({ contents }: OutboundEvent, adIdentifiers: Record<string, string>, ctx: BuildContext) => {
  const items = contents.filter(({ id }) => id !== null).map(({ id, quantity, price }) => ({
    merchantProductId: id,
    quantity: quantity ?? undefined,
    unitPrice: price === null ? undefined : numberOf(price),
  }));
  if (items.length < contents.length) ctx.warn?.('A content without an id is left out of cartData.');
  if (items.length === 0) return undefined;
  if (!adIdentifiers['gbraid'] && !adIdentifiers['wbraid']) return { items };
  ctx.warn?.('cartData is left out: Google takes none with gbraid or wbraid.');
  return undefined;
};
