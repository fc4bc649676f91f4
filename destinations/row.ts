/**
 * The row of a table under a name that came from outside: an answer's code, an event's name, a macro. `toString` and the like,
 * which every object inherits, are no rows.
 */
export const rowOf = <Row>(table: Readonly<Record<string, Row>> | undefined, name: string | null | undefined): Row | undefined =>
  table && typeof name === 'string' && Object.hasOwn(table, name) ? table[name] : undefined;
