/**
 * AnyTrack's parameter names and those that networks commonly call the same things. Case, `_` and `-`
 * are ignored, so each name stands here once, in lower case without them. The first that carries a value counts.
 */
export const canonicalName = (name: string): string => name.toLowerCase().replace(/[_-]/g, '');

export const NAMES = {
  orderId: ['transactionid', 'transid', 'txid', 'tid', 'orderid', 'oid', 'conversionid', 'leadid'],
  /** Said of the affiliate's earnings without doubt. */
  payout: ['payout', 'commission', 'sum', 'amount', 'revenue'],
  /** The earnings too where nothing above is named, else the basket. */
  value: ['value'],
  orderValue: ['ordervalue', 'saleamount', 'orderamount', 'ordertotal', 'basketvalue'],
  currency: ['currency', 'currencycode', 'payoutcurrency'],
  time: ['timestamp', 'ts', 'time', 'conversiontime', 'eventtime', 'dateunix', 'datetime', 'date'],
  eventName: ['eventname', 'conversiontype', 'goaltype', 'event', 'type'],
  offerId: ['offerid', 'offer', 'productid', 'product', 'offername', 'productname', 'campaignid', 'campaign', 'camp'],
  country: ['countrycode', 'country', 'geo'],
  ip: ['ip', 'ipaddress', 'clientip', 'userip'],
  items: ['items'],
} as const;

/** Slots in the order in which they are tried; each under the name that is shown and configured. */
export const SLOTS: Readonly<Record<string, readonly string[]>> = {
  click_id: ['clickid', 'click', 'atclid'],
  ref_id: ['refid', 'ref'],
  subid: ['subid'],
  subId1: ['subid1'],
  cid: ['cid'],
};

export const USER = {
  email: ['email', 'emailaddress', 'useremail', 'customeremail'],
  phone: ['phone', 'phonenumber', 'userphone', 'customerphone'],
  firstName: ['firstname', 'fname'],
  lastName: ['lastname', 'lname'],
  city: ['city'],
  region: ['region', 'state', 'province'],
  postalCode: ['postalcode', 'zip', 'zipcode', 'postcode'],
  userAgent: ['useragent', 'ua'],
  externalId: ['externalid', 'customerid', 'userid'],
} as const;

export const ITEM = {
  id: ['itemid', 'id', 'productid'],
  sku: ['sku', 'itemsku'],
  category: ['category', 'itemcategory'],
  value: ['value', 'price', 'itemvalue', 'itemprice', 'amount'],
  payout: ['payout', 'commission', 'itempayout', 'itemcommission'],
  status: ['status', 'itemstatus'],
} as const;
