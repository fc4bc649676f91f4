import { previewBuild } from './build.ts';
import { previewClassify } from './classify.ts';
import { LineError } from './line.ts';
import { previewNormalise } from './normalise.ts';

/** What a Conversion API would be sent and what its answers mean, without a server: one line of JSON for one line of JSON. */

export const PREVIEWS = { build: previewBuild, classify: previewClassify, normalise: previewNormalise } as const;
export type PreviewName = keyof typeof PREVIEWS;

/**
 * Never throws for what a line holds: a line that cannot be used gives `{"error":{code,message}}`. So does one that meets a
 * mistake of ours, with the code `unexpected`, so that the lines after it are still answered.
 */
export function preview(name: PreviewName, line: string, nowMs: number): { text: string; isError: boolean } {
  try {
    return { text: PREVIEWS[name](line, nowMs), isError: false };
  } catch (error) {
    const code = error instanceof LineError ? error.code : 'unexpected';
    const message = error instanceof Error ? error.message : String(error);
    return { text: JSON.stringify({ error: { code, message } }), isError: true };
  }
}
