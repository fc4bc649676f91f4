/** Something the person at the keyboard can mend. `message` is a sentence for them; it is printed without a stack. */
export class LaunchError extends Error {
  readonly code = 'launch_failed';
}
