/** The numbers of SFTP version 3 (draft-ietf-secsh-filexfer-02) for what is asked. */
export const Request = {
  INIT: 1,
  OPEN: 3,
  CLOSE: 4,
  READ: 5,
  WRITE: 6,
  LSTAT: 7,
  FSTAT: 8,
  SETSTAT: 9,
  FSETSTAT: 10,
  OPENDIR: 11,
  READDIR: 12,
  REMOVE: 13,
  MKDIR: 14,
  RMDIR: 15,
  REALPATH: 16,
  STAT: 17,
  RENAME: 18,
  READLINK: 19,
  SYMLINK: 20,
  EXTENDED: 200,
} as const;

/** The numbers of SFTP version 3 for what is answered. */
export const Response = { VERSION: 2, STATUS: 101, HANDLE: 102, DATA: 103, NAME: 104, ATTRS: 105 } as const;

/** A file's attributes: those that are sent. */
export interface Attributes {
  readonly size?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mode?: number;
  readonly atime?: number;
  readonly mtime?: number;
}

const HAS = { size: 1, owner: 2, mode: 4, times: 8 } as const;

/** Reads the fields of one packet in their order; a field that is not there is a RangeError. */
export class Fields {
  #at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#skip(1));
  }

  u32(): number {
    return this.#bytes.readUInt32BE(this.#skip(4));
  }

  u64(): number {
    return Number(this.#bytes.readBigUInt64BE(this.#skip(8)));
  }

  bytes(): Buffer {
    const length = this.u32();
    const start = this.#skip(length);
    if (this.#at > this.#bytes.length) throw new RangeError("a string longer than its packet");
    return this.#bytes.subarray(start, this.#at);
  }

  text(): string {
    return this.bytes().toString("utf8");
  }

  attributes(): Attributes {
    const has = this.u32();
    return {
      ...(has & HAS.size && { size: this.u64() }),
      ...(has & HAS.owner && { uid: this.u32(), gid: this.u32() }),
      ...(has & HAS.mode && { mode: this.u32() }),
      ...(has & HAS.times && { atime: this.u32(), mtime: this.u32() }),
    };
  }

  #skip(count: number): number {
    const start = this.#at;
    this.#at += count;
    return start;
  }
}

/** Cuts a stream of bytes into packets, and keeps what is not yet whole for the next call. */
export function packetCutter(): (chunk: Buffer) => readonly Buffer[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const packets: Buffer[] = [];
    while (rest.length >= 4) {
      const end = 4 + rest.readUInt32BE(0);
      if (rest.length < end) break;
      packets.push(rest.subarray(4, end));
      rest = rest.subarray(end);
    }
    return packets;
  };
}

/** One packet with its length before it. */
export function packet(type: number, ...fields: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from([type]), ...fields]);
  return Buffer.concat([u32(body.length), body]);
}

/** A 32-bit number as a field. */
export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/** A string as a field. */
export function string(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u32(bytes.length), bytes]);
}

/** All attributes of a file as a field. */
export function attributes({ size, uid, gid, mode, atime, mtime }: Required<Attributes>): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(size));
  const has = HAS.size | HAS.owner | HAS.mode | HAS.times;
  return Buffer.concat([u32(has), length, ...[uid, gid, mode, atime, mtime].map(u32)]);
}
