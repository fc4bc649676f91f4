let known: Set<string> | null = null;

/** An ISO 4217 code in capitals, or null for what is none: no symbols, no names. */
export function currencyCode(text: string): string | null {
  known ??= new Set(Intl.supportedValuesOf('currency'));
  const code = text.trim().toUpperCase();
  return known.has(code) ? code : null;
}
