export { conversion } from './conversion.ts';
export { drain } from './drain.ts';
export { relay } from './relay.ts';
export { replay } from './replay.ts';
