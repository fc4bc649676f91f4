import { percentEncoded } from './query.ts';

/** Cuts secrets, or what else must not stand there, out of what is recorded: every place where a secret's value stands, also percent-encoded or inside JSON text. */
export function redactor(secrets: readonly string[], mark = '[secret]'): (text: string) => string {
  const forms = secrets.filter((secret) => secret.length >= 4)
    .flatMap((secret) => [secret, percentEncoded(secret), JSON.stringify(secret).slice(1, -1)]);
  const values = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return (text) => values.reduce((result, value) => result.replaceAll(value, mark), text);
}

export const redactHeaders = (headers: Record<string, string>, redact: (text: string) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, redact(value)]));
