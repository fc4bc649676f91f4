import type { WorkflowClient } from '@temporalio/client';
import type { Db } from 'mongodb';
import type { Config } from '../config.ts';
import type { Http } from './http.ts';

/** What activities are made of; passed in, never imported. */
export interface Deps {
  db: Db;
  keys: CredentialKeys;
  http: Http;
  config: Config;
  now(): number;
  log: Log;
  /** For the relay: hands messages to runs, each call bounded by a deadline. */
  workflows: WorkflowClient;
  withDeadline<T>(call: () => Promise<T>): Promise<T>;
}

export type CredentialKeys = import('../store/secrets.ts').Keys;

export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
