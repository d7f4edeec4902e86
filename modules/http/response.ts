/** What a server answered. */
export interface HttpResponse {
  /** Where the answer came from in the end. */
  readonly url: string;
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What the body says, where its type is JSON and it really is. */
  readonly json: unknown;
}
