import type { Network } from './contract.ts';
import { generic } from './generic/network.ts';
import { kma } from './kma/network.ts';
import { partnerize } from './partnerize/network.ts';

/** Every network that postbacks are understood from, by id. */
export const networks: ReadonlyMap<string, Network> = new Map([kma, partnerize, generic].map((network) => [network.id, network]));

export const networkById = (id: string): Network | undefined => networks.get(id);
