import { dirname } from "node:path";
import type { Client, SFTPWrapper } from "ssh2";
import type SftpClient from "ssh2-sftp-client";
import { messageOf, RcmError } from "../errors.ts";
import type { LocalFile } from "../shell/file.ts";
import { Budget } from "../util/budget.ts";
import { Semaphore } from "../util/semaphore.ts";
import type { TrafficCounter } from "./connection.ts";
import { SftpChannel } from "./sftp-channel.ts";
import { sendStriped } from "./stripes.ts";
import { NoPlace } from "./trouble.ts";

/** Bytes that OpenSSH lets be under way in a channel. */
const WINDOW = 2 * 1024 * 1024;
/** Longer files go by themselves, piece by piece; shorter ones are read whole. */
const MAX_SMALL = 1024 * 1024;
/** Files that are open on the host at once: it may have 1024 of everything. */
const MAX_OPEN = 256;
/** Bytes a millisecond, a gigabit a second: no slower line is harmed by the channels that this one would need. */
const SPEED = 125_000;
/** Channels on a connection. */
const MAX_CHANNELS = 4;
/** Bytes that Linux lets be under way on a connection, whatever its channels may. */
const SOCKET = 2 * WINDOW;
/** Connections beside the first one: a server may refuse more than ten that are logging in. */
const MAX_HELPERS = 3;
/** Channels on each of them. */
const HELPER_CHANNELS = SOCKET / WINDOW;
/** Shorter files are through before another connection would be of use. */
const MIN_HELPED = 32 * 1024 * 1024;
/** Milliseconds of a round trip under which it gains nothing to open a channel before it is needed. */
const NEAR = 5;

/** Bytes that a near host holds at a time. */
const HELD = 512 * 1024;

/** The fields by which ssh2-sftp-client holds its connection; it offers no way to give it an open one. */
interface Borrowed {
  client: Client;
  sftp: SFTPWrapper;
}

/** What a sender has to know. */
export interface SftpOptions {
  readonly lost: Promise<Error>;
  readonly traffic: TrafficCounter;
  /** Milliseconds of a round trip. */
  readonly roundTrip: number;
  /** Over how many channels a big file goes; when left out, as many as the round trip wants. */
  readonly channels?: number;
}

/** Gives channels on connections beside this one: so many of each of so many. */
export type Helpers = (connections: number, channels: number) => readonly Promise<SftpChannel>[];

/** A file that goes by itself. */
type BigFile = LocalFile & { readonly source: string };

function isBig(file: LocalFile): file is BigFile {
  return typeof file.source === "string" && file.size > MAX_SMALL;
}

/** Sends files by SFTP over an open connection: all small ones at once over one channel, big ones one by one. */
export class SftpSender {
  readonly #client: Client;
  readonly #options: SftpOptions;
  readonly #folders = new Map<string, Promise<Error | undefined>>();
  readonly #opened = new Semaphore(MAX_OPEN);
  readonly #underway = new Budget(WINDOW);
  readonly #big = new Semaphore(1);
  #channel: Promise<SftpChannel> | undefined;
  #more: Promise<SftpChannel>[] = [];

  constructor(client: Client, options: SftpOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** Files may have to be sent soon: opens the channel, for which nobody waits and because of which nothing fails. */
  expect(): void {
    if (this.#options.roundTrip > NEAR) this.#open().catch(() => undefined);
  }

  /**
   * Writes a file with permissions 0600, and makes its folder, private, unless that is there.
   *
   * @param helpers for big files on long lines, of which one connection would not carry more
   * @throws NoSftp when the server has no SFTP subsystem
   */
  async put(file: LocalFile, path: string, helpers?: Helpers): Promise<void> {
    const more = isBig(file) ? this.#helpFor(file, helpers) : [];
    const channel = await this.#open();
    // Its answer is not waited for: the server takes requests in order.
    const folder = this.#makeFolder(channel, dirname(path));
    try {
      if (isBig(file)) await this.#big.use(() => this.#sendBig(channel, file, path, more));
      else await this.#opened.use(() => this.#sendSmall(channel, file, path));
    } catch (cause) {
      throw trouble(path, cause, (await folder) ?? undefined);
    }
  }

  /** Opening, writing and closing take two round trips, however many do it at once. */
  async #sendSmall(channel: SftpChannel, file: LocalFile, path: string): Promise<void> {
    const handle = await channel.openFile(path);
    await this.#underway.use(file.size, async () => {
      const requests: Promise<void>[] = [];
      try {
        const bytes = await file.bytes();
        for (let at = 0; at < bytes.length; at += channel.chunk)
          requests.push(channel.write(handle, bytes.subarray(at, at + channel.chunk), at));
      } finally {
        requests.push(channel.closeFile(handle));
        await Promise.all(requests);
      }
    });
  }

  async #sendBig(
    channel: SftpChannel,
    file: BigFile,
    path: string,
    more: readonly Promise<SftpChannel>[],
  ): Promise<void> {
    const wanted = this.#options.channels ?? Math.ceil(this.#carries / WINDOW);
    const most = more.length > 0 ? HELPER_CHANNELS : Math.min(MAX_CHANNELS, Math.ceil(file.size / WINDOW));
    const own = Math.max(1, Math.min(most, wanted));
    if (own + more.length === 1) await this.#sendAlone(channel, file.source, path);
    else await sendStriped(file.source, file.size, path, channel, [...this.#others(own - 1), ...more]);
    await file.verify();
  }

  /** Bytes that may be under way on a line as fast as we think. */
  get #carries(): number {
    return this.#options.roundTrip * SPEED;
  }

  /** Connections take long to open where they are of use, so that is begun before anything else. */
  #helpFor({ size }: BigFile, helpers: Helpers | undefined): readonly Promise<SftpChannel>[] {
    const connections = Math.min(Math.ceil(this.#carries / SOCKET) - 1, MAX_HELPERS);
    const channels =
      size < MIN_HELPED || connections < 1 ? [] : (helpers?.(connections, HELPER_CHANNELS) ?? []);
    for (const channel of channels) channel.catch(() => undefined); // one that never opens is missed by nobody
    return channels;
  }

  /** Channels to help another sender with. */
  channels(count: number): readonly Promise<SftpChannel>[] {
    return [this.#open(), ...this.#others(count - 1)];
  }

  /**
   * ssh2-sftp-client does what it is good at: one big file over one channel. It reads the file itself, loses its promise
   * when the channel ends, and can neither share the channel's window nor spread a file over several ones; the rest is
   * therefore done by hand.
   */
  async #sendAlone(channel: SftpChannel, source: string, path: string): Promise<void> {
    // Silent callbacks: left alone, the library prints.
    const silent = { error: () => undefined, end: () => undefined, close: () => undefined };
    const { default: Client } = await import("ssh2-sftp-client");
    const sftp: SftpClient = new Client("rcm", silent as never);
    Object.assign(sftp as unknown as Borrowed, { client: this.#client, sftp: channel.raw });
    // A near host takes all at once what is written: more than it can hold at a time would only fall out of the caches.
    const underway = this.#options.roundTrip < NEAR ? HELD : WINDOW;
    const chunkSize = channel.chunk;
    const options = { mode: 0o600, concurrency: Math.ceil(underway / chunkSize), chunkSize };
    await channel.use(() => sftp.fastPut(source, path, options as never));
  }

  #open(): Promise<SftpChannel> {
    const opening = this.#channel ?? this.#another();
    this.#channel = opening;
    return opening.then(
      (channel) => {
        if (channel.isOpen) return channel;
        if (this.#channel === opening) this.#channel = undefined;
        this.#folders.clear();
        return this.#open();
      },
      (error: unknown) => {
        if (this.#channel === opening) this.#channel = undefined;
        throw error;
      },
    );
  }

  /** Further channels, which are kept for the next big file. */
  #others(count: number): readonly Promise<SftpChannel>[] {
    while (this.#more.length < count) {
      const opening = this.#another();
      this.#more.push(opening);
      const forget = (): void => {
        this.#more = this.#more.filter((one) => one !== opening);
      };
      opening.then((channel) => channel.raw.once("close", forget), forget);
    }
    return this.#more.slice(0, count);
  }

  async #another(): Promise<SftpChannel> {
    const channel = await SftpChannel.open(this.#client, this.#options.lost);
    this.#options.traffic.channels += 1;
    return channel;
  }

  /** That it is there already is no harm: nobody else can guess its name. If it cannot be made, no file can be written. */
  #makeFolder(channel: SftpChannel, path: string): Promise<Error | undefined> {
    const known =
      this.#folders.get(path) ??
      channel.mkdir(path).then(
        () => undefined,
        (cause: unknown) => {
          const Trouble = (cause as { code?: unknown }).code === NO_SUCH_FILE ? NoPlace : RcmError;
          return new Trouble(`Cannot make the folder "${path}" on the host: ${messageOf(cause)}`, {
            code: "step",
            cause,
          });
        },
      );
    this.#folders.set(path, known);
    return known;
  }
}

const NO_SUCH_FILE = 2;

function trouble(path: string, cause: unknown, folder: Error | undefined): Error {
  if (cause instanceof RcmError) return cause;
  if (folder && (cause as { code?: unknown }).code === NO_SUCH_FILE) return folder;
  return new RcmError(`Cannot write "${path}" on the host: ${messageOf(cause)}`, {
    code: "step",
    hint: messageOf(cause) === "Failure" ? "its file system may be full" : undefined,
    cause,
  });
}
