/** Two lines and more: what the file is; what the host can download with; what the server says that it should be. */
export interface State {
  readonly is: string;
  readonly tool: string;
  readonly rest: string;
}

/** Takes a state apart. */
export function parse(text: string): State {
  const [is = "", tool = "", ...rest] = text.split("\n");
  return { is, tool, rest: rest.join("\n") };
}

/** A state as the host prints it. */
export function unparse({ is, tool, rest }: State): string {
  return [is, tool, ...(rest === "" ? [] : [rest])].join("\n");
}

/** What the file is, for people. */
export function shown(state: string, algorithm: string): string {
  return /^[0-9a-f]{32,}$/.test(state) ? `${algorithm} ${state.slice(0, 12)}…` : state;
}
