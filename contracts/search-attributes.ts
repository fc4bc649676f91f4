import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Registered before use (worker/namespace.ts). Never personal data: search attributes are not encrypted. */
export const searchAttributes = {
  property: defineSearchAttributeKey('Property', SearchAttributeType.KEYWORD),
  network: defineSearchAttributeKey('Network', SearchAttributeType.KEYWORD),
  conversionStatus: defineSearchAttributeKey('ConversionStatus', SearchAttributeType.KEYWORD),
  /** Destinations with a delivery that is parked or failed. */
  openDestinations: defineSearchAttributeKey('OpenDestinations', SearchAttributeType.KEYWORD_LIST),
  oldestOpenAt: defineSearchAttributeKey('OldestOpenAt', SearchAttributeType.DATETIME),
} as const;
