import { type FlowList, type FlowValue, Special } from "../../value.ts";

/** Bytes, such as the content of a file that is no text. */
export class Bytes extends Special {
  override readonly type: string = "bytes";
  readonly data: Buffer;

  constructor(data: Uint8Array) {
    super();
    this.data = Buffer.from(data);
  }

  /** None: `str(bytes, "utf-8")` says which text it is. */
  override text(): undefined {
    return undefined;
  }

  override items(): FlowList {
    return [...this.data];
  }

  override equals(other: FlowValue): boolean {
    return other instanceof Bytes && other.data.equals(this.data);
  }
}
