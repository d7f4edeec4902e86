import { crc32, deflateRawSync } from "node:zlib";

/** What an archive is made of, as it is written into it: nothing is checked. */
export interface Member {
  readonly name: string;
  readonly content?: string | Buffer;
  /** Permissions, such as 0o644. */
  readonly mode?: number;
  /** tar's type: `0` file, `1` hard link, `2` link, `3` and `4` devices, `5` directory, `6` FIFO; a zip knows 0, 2 and 5. */
  readonly type?: string;
  /** What a link points to. */
  readonly target?: string;
  /** A size other than the content's. */
  readonly size?: number;
}

/** An archive in tar's format. */
export function tarOf(members: readonly Member[]): Buffer {
  return Buffer.concat([...members.flatMap(tarMember), Buffer.alloc(1024)]);
}

function tarMember({ name, content = "", mode = 0o644, type = "0", target = "", size }: Member): Buffer[] {
  const data = Buffer.from(content);
  const header = Buffer.alloc(512);
  const octal = (value: number, length: number): string => value.toString(8).padStart(length - 1, "0");
  const long =
    Buffer.byteLength(name) > 100
      ? tarMember({ name: "././@LongLink", type: "L", content: `${name}\0` })
      : [];
  header.write(name, 0, 100);
  header.write(octal(mode, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size ?? data.length, 12), 124);
  header.write(octal(1_700_000_000, 12), 136);
  header.write(type, 156);
  header.write(target, 157, 100);
  header.write("ustar\0", 257);
  header.write("00", 263);
  header.write(octal(8, 8), 329);
  header.write(octal(1, 8), 337);
  header.write("        ", 148);
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    )}\0 `,
    148,
  );
  return [...long, header, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
}

/** An archive in zip's format, made on a Unix. */
export function zipOf(members: readonly Member[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content = "", mode = 0o644, type = "0", target, size } of members) {
    const data = Buffer.from(type === "2" ? (target ?? "") : content);
    // busybox does not read a compressed link, and nobody writes one.
    const packed = type === "2" ? data : deflateRawSync(data);
    const names = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800, 2); // names are UTF-8
    common.writeUInt16LE(type === "2" ? 0 : 8, 4);
    common.writeUInt32LE(0x58_21_00_00, 6);
    common.writeUInt32LE(crc32Of(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(size ?? data.length, 18);
    common.writeUInt16LE(names.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, names, packed]);
    const entry = Buffer.alloc(14);
    const kind = { "2": 0o120000, "5": 0o040000, "6": 0o010000, "3": 0o020000 }[type] ?? 0o100000;
    entry.writeUInt32LE(((kind | mode) << 16) >>> 0, 6);
    entry.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x1e\x03", "latin1"), common, entry, names]));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, central, Buffer.from("PK\x05\x06"), end]);
}

function crc32Of(data: Buffer): number {
  if (crc32) return crc32(data);
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = (crc >>> 1) ^ (crc & 1 ? 0xed_b8_83_20 : 0);
  }
  return ~crc >>> 0;
}
