import type { Command } from 'commander';

const listed = new WeakMap<Command, string>();

/** Shows examples under the command's help, the first of them also in the list of all commands. */
export function withExamples(command: Command, ...lines: [string, ...string[]]): Command {
  const shown = lines.map((line) => `tributary ${line}`);
  listed.set(command, shown[0] as string);
  return command.addHelpText('after', `\nExamples:\n${shown.map((line) => `  $ ${line}`).join('\n')}`);
}

/** For a command that shows its examples itself: the one for the list of all commands. */
export const listExample = (command: Command | undefined, line: string): void => {
  if (command) listed.set(command, line);
};

/** Every command below this one with its description and first example. */
export function allCommands(program: Command): string {
  return leaves(program, '')
    .map(({ path, command }) => `  ${path}\n      ${command.description()}\n${listed.has(command) ? `      $ ${listed.get(command)}\n` : ''}`)
    .join('');
}

function leaves(command: Command, prefix: string): { path: string; command: Command }[] {
  return command.commands.flatMap((each) => {
    const path = `${prefix}${each.name()}`;
    return each.commands.length ? leaves(each, `${path} `) : [{ path, command: each }];
  });
}
