import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** The parts of a Compose file that the tests speak of. */
export interface Service {
  image?: string;
  user?: string;
  command?: string[];
  entrypoint?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  networks?: string[];
  network_mode?: string;
  restart?: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  stop_grace_period?: string;
  privileged?: boolean;
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
}
export interface Compose {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
  volumes: Record<string, unknown>;
}

/** `${NAME}`, `${NAME:-default}` or `${NAME:?sentence}`. */
export interface Variable {
  name: string;
  default: string | null;
  sentence: string | null;
}

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const readText = (path: string): string => readFileSync(new URL(path, `file://${root}`), 'utf8');
export const readCompose = (path: string): Compose => parse(readText(path), { merge: true }) as Compose;

/** Every use of a variable in a Compose file, comments left out. */
export function variablesOf(path: string): Variable[] {
  const text = JSON.stringify(readCompose(path));
  return [...text.matchAll(/\$\{([A-Z_]+)(?::-([^}]*)|:\?([^}]*))?\}/g)].map(([, name, fallback, sentence]) => ({
    name: name!,
    default: fallback ?? null,
    sentence: sentence ?? null,
  }));
}

/** Names in .env.example, those that are commented out too, with the values given there. */
export function exampleVariables(): Map<string, string> {
  return new Map([...readText('.env.example').matchAll(/^#?([A-Z][A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]));
}

/** Putting values in place of the variables, the way Compose does, defaults where no value is given. */
export const withDefaults = (text: string): string => text.replace(/\$\{[A-Z_]+(?::-([^}]*)|:\?[^}]*)?\}/g, (_, fallback?: string) => fallback ?? 'given');
