import { LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { SetupError } from './errors.ts';

/** The file of `tributary apply`: properties with their integrations and destinations. Read and checked as a whole before anything is done. */

const secret = z.union(
  [z.strictObject({ fromEnv: z.string().min(1) }), z.strictObject({ fromFile: z.string().min(1) })],
  'a secret is not written here: give {fromEnv: NAME} or {fromFile: path}',
);
const settings = z.record(z.string(), z.unknown()).optional();

const integration = z.strictObject({
  network: z.string().trim(),
  settings,
  secret: secret.nullable().optional(),
  /** Checked by setup/rules.ts. */
  rules: z.array(z.unknown()).nullable().optional(),
});

const destination = z.strictObject({
  name: z.string().trim(),
  platform: z.string(),
  settings,
  secrets: z.record(z.string(), secret.nullable()).optional(),
  /** Both checked by setup/outbound.ts. */
  mapping: z.record(z.string(), z.any()).optional(),
  policy: z.record(z.string(), z.any()).optional(),
});

const file = z.strictObject({
  properties: z
    .array(
      z.strictObject({
        name: z.string().trim(),
        integrations: z.array(integration).refine((items) => distinct(items.map((item) => item.network)), 'a network is listed twice').optional(),
        destinations: z.array(destination).refine((items) => distinct(items.map((item) => item.name)), 'two destinations have the same name').optional(),
      }),
    )
    .refine((items) => distinct(items.map((item) => item.name)), 'two properties have the same name'),
});

export type SecretReference = z.infer<typeof secret>;
export type SetupFile = z.infer<typeof file>;
export type FilePath = (string | number)[];

export interface ParsedFile {
  content: SetupFile;
  /** `line 12`, of what lies at a path. */
  lineOf(path: FilePath): string;
}

/** Reads YAML (or JSON). Numbers stay the text that was written, since ids have leading zeros and amounts are decimals. */
export function parseSetupFile(text: string): ParsedFile {
  const { document, lines } = parseYaml(text);
  const lineOf = (path: FilePath): string => `line ${lines.linePos(positionOf(document, path)).line}`;

  const result = file.safeParse(document.toJS());
  if (result.success) return { content: result.data, lineOf };
  const faults = result.error.issues.map((issue) => ({ at: issue.path.join('.'), line: lineOf(pathOf(issue)), message: issue.message }));
  const [first] = faults as [(typeof faults)[number]];
  throw new SetupError('file_invalid', `The file is not valid at ${first.line}${first.at && ` (${first.at})`}: ${first.message.replace(/\.$/, '')}.`, { faults });
}

/** A word too many is found under its own name, not under that of what holds it. */
const pathOf = (issue: z.core.$ZodIssue): FilePath => [...(issue.path as FilePath), ...(issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])];

/** A file that holds one list, such as mapping rules; read with the same care for numbers. */
export function parseList(text: string): unknown[] {
  const { document } = parseYaml(text);
  const list: unknown = document.toJS();
  if (!Array.isArray(list)) throw new SetupError('file_invalid', 'The file must hold a list.');
  return list;
}

function parseYaml(text: string): { document: Document; lines: LineCounter } {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !(tag.tag.endsWith(':int') || tag.tag.endsWith(':float'))),
  });
  const [fault] = document.errors;
  if (fault) throw new SetupError('file_invalid', `The file is not valid YAML at line ${lines.linePos(fault.pos[0]).line}: ${fault.message.split('\n')[0]?.replace(/\.$/, '')}.`);
  return { document, lines };
}

/** Where the node at the path begins, or its nearest parent that is there. */
function positionOf(document: Document, path: FilePath): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] | null } | undefined;
    if (node?.range) return node.range[0];
  }
  return 0;
}

const distinct = (names: string[]): boolean => new Set(names).size === names.length;
