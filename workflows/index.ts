export { conversion } from './conversion.ts';
export { relay } from './relay.ts';
