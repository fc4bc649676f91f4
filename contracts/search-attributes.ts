import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Registered before use (worker/namespace.ts). Never personal data: search attributes are not encrypted. */
export const searchAttributes = {
  property: defineSearchAttributeKey('Property', SearchAttributeType.KEYWORD),
  network: defineSearchAttributeKey('Network', SearchAttributeType.KEYWORD),
  conversionStatus: defineSearchAttributeKey('ConversionStatus', SearchAttributeType.KEYWORD),
  /** Destinations with a delivery that is parked or failed. */
  openDestinations: defineSearchAttributeKey('OpenDestinations', SearchAttributeType.KEYWORD_LIST),
  /** Platforms of those destinations. */
  openPlatforms: defineSearchAttributeKey('OpenPlatforms', SearchAttributeType.KEYWORD_LIST),
  /** When the oldest of the deliveries that are parked or failed was planned. */
  oldestOpenAt: defineSearchAttributeKey('OldestOpenAt', SearchAttributeType.DATETIME),
} as const;
