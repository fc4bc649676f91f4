import { Connection, WorkflowClient } from '@temporalio/client';
import type { Config } from '../config.ts';
import type { ConversionInput } from '../contracts/conversion.ts';
import { signalConversion } from '../contracts/start.ts';
import type { Message } from './starter.ts';
import { createOperatorCalls, type OperatorCalls } from './v1/operator-calls.ts';

export interface Temporal {
  signal(conversion: ConversionInput, message: Message): Promise<void>;
  operators: OperatorCalls;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** A Temporal that comes back is found within this time; gRPC's own longest wait between tries is two minutes. */
const RECONNECT_LONGEST_MS = 3_000;

/** Opens no connection before the first call: the API starts and takes postbacks while Temporal is away. Every call has a deadline. */
export function openTemporal(config: Pick<Config, 'temporalAddress' | 'temporalNamespace' | 'temporalCallTimeoutMs' | 'operateTimeoutMs'>): Temporal {
  const { temporalAddress, temporalNamespace, temporalCallTimeoutMs } = config;
  const connection = Connection.lazy({
    address: temporalAddress,
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 500, 'grpc.max_reconnect_backoff_ms': RECONNECT_LONGEST_MS },
  });
  const client = new WorkflowClient({ connection, namespace: temporalNamespace });
  const bounded = <T>(call: () => Promise<T>) => connection.withDeadline(Date.now() + temporalCallTimeoutMs, call);
  return {
    signal: (conversion, message) => bounded(() => signalConversion(client, conversion, message)),
    operators: createOperatorCalls(client, connection, config),
    ping: async () => void (await bounded(() => connection.workflowService.getSystemInfo({}))),
    close: () => connection.close(),
  };
}
