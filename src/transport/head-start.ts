import { PassThrough, Writable } from "node:stream";
import type { Client, ClientChannel, ParsedKey } from "ssh2";
import { type Inside, serverName } from "./inside.ts";

/** More than this does not go out before the host has answered: it must be kept in case it has to be sent again. */
const MAX_EARLY = 1024 * 1024;
/** Data goes in packets of at most this many bytes: what every server must take. */
const PACKET = 32 * 1024;
/** The number that OpenSSH gives to the first channel of a connection. */
const FIRST_CHANNEL = 0;

/** A channel whose streams can be used before the host has opened it. */
export interface EarlyChannel {
  readonly stdin: Writable;
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
  /** The real channel, once the host has opened it and runs the command. */
  readonly opened: Promise<ClientChannel>;
}

/**
 * Sends, right behind the key exchange and without waiting for any answer: the login, the opening of the first channel,
 * its command and what goes to its standard input. The host takes them one after another, so what took five round
 * trips takes one. Its key has been verified by then, so nothing reaches anybody else.
 *
 * Only OpenSSH is known to bear with it: it answers messages that come before a successful login with "unimplemented"
 * (RFC 4253, 11.4) and goes on. So when the first key is refused, login goes its usual way through the other methods,
 * and the channel is opened and fed again afterwards.
 */
export class HeadStart {
  readonly #client: Client;
  readonly #inside: Inside;
  readonly #loggedIn: Promise<void>;
  #isRefused = false;
  #isUsed = false;

  /**
   * Prepares a head start with this key, to be called between ssh2's `connect()` and the end of the key exchange.
   *
   * @param loggedIn settles when the login does
   */
  constructor(client: Client, inside: Inside, loggedIn: Promise<void>, user: string, key: ParsedKey) {
    this.#client = client;
    this.#inside = inside;
    this.#loggedIn = loggedIn;
    this.#sendLoginEarly(user, key);
  }

  /** Can a channel be opened now, before the login is through? To be asked once keys are exchanged. */
  get isPossible(): boolean {
    return !this.#isUsed && !this.#isRefused && isKnown(serverName(this.#client));
  }

  /** Opens the first channel of the connection and runs a command in it, without waiting. */
  open(command: string): EarlyChannel {
    this.#isUsed = true;
    const stdin = new EarlyInput(this.#inside, () => !this.#isRefused);
    const opened = this.#opened(this.#openAhead(command), command, stdin);
    const stdout = new PassThrough({ highWaterMark: MAX_EARLY });
    const stderr = new PassThrough({ highWaterMark: MAX_EARLY });
    opened.then(
      (channel) => {
        channel.pipe(stdout);
        channel.stderr.pipe(stderr);
      },
      (error: Error) => {
        for (const stream of [stdin, stdout, stderr]) stream.on("error", () => undefined).destroy(error);
      },
    );
    return { stdin, stdout, stderr, opened };
  }

  /** The login goes with the request for the service that takes it; ssh2's own later request is then left out. */
  #sendLoginEarly(user: string, key: ParsedKey): void {
    const inside = this.#inside;
    const request = inside.service.bind(inside);
    inside.service = (name) => {
      inside.service = request;
      request(name);
      if (!isKnown(serverName(this.#client))) return;
      const logIn = inside.authPK.bind(inside);
      logIn(user, key, algorithmOf(key));
      inside.authPK = (...login) => {
        inside.authPK = logIn;
        if (login[1] !== key) logIn(...login);
      };
    };
    const refused = inside._handlers.USERAUTH_FAILURE;
    inside._handlers.USERAUTH_FAILURE = (...words) => {
      this.#isRefused = true;
      refused(...words);
    };
  }

  /** ssh2 sends the opening; the command, which it would send after the answer, is sent here, and left out there. */
  async #openAhead(command: string): Promise<ClientChannel> {
    const inside = this.#inside;
    const opened = execChannel(this.#client, command);
    const request = inside.exec.bind(inside);
    request(FIRST_CHANNEL, command, true);
    const restore = (): void => {
      inside.exec = request;
    };
    inside.exec = restore;
    opened.catch(restore);
    this.#loggedIn.then(() => this.#isRefused && restore(), restore);
    return await opened;
  }

  /** Where the login took another way, the channel has to be opened again. */
  async #opened(ahead: Promise<ClientChannel>, command: string, stdin: EarlyInput): Promise<ClientChannel> {
    ahead.catch(() => undefined);
    await this.#loggedIn;
    const channel = this.#isRefused ? await execChannel(this.#client, command) : await ahead;
    stdin.attach(channel);
    return channel;
  }
}

/** Standard input of a channel that may not be open yet. */
class EarlyInput extends Writable {
  readonly #inside: Inside;
  readonly #isTaken: () => boolean;
  /** What was sent before the channel was there. */
  #kept: Buffer[] = [];
  #early = 0;
  #channel: ClientChannel | undefined;
  #waiting: ((channel: ClientChannel) => void) | undefined;

  /** @param isTaken does the host take what is sent now? */
  constructor(inside: Inside, isTaken: () => boolean) {
    super({ highWaterMark: MAX_EARLY });
    this.#inside = inside;
    this.#isTaken = isTaken;
  }

  /** The channel is there: whatever comes goes to it. */
  attach(channel: ClientChannel): void {
    this.#channel = channel;
    if (this.#isTaken()) {
      // ssh2 does not know what was sent for it.
      const { outgoing } = channel as unknown as { readonly outgoing: { window: number } };
      outgoing.window -= this.#early;
    } else for (const data of this.#kept) channel.write(data);
    this.#kept = [];
    this.#waiting?.(channel);
  }

  override _write(data: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#channel) this.#channel.write(data, done);
    else if (this.#early + data.length <= MAX_EARLY) {
      this.#sendEarly(data);
      done();
    } else this.#waiting = (channel) => channel.write(data, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#channel) this.#channel.end(done);
    else this.#waiting = (channel) => channel.end(done);
  }

  #sendEarly(data: Buffer): void {
    this.#early += data.length;
    this.#kept.push(data);
    if (!this.#isTaken()) return;
    for (let at = 0; at < data.length; at += PACKET)
      this.#inside.channelData(FIRST_CHANNEL, data.subarray(at, at + PACKET));
  }
}

function execChannel(client: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel)));
  });
}

/** OpenSSH since 7.4, which signs RSA with SHA-2; its port to Windows is another server. */
function isKnown(server: string): boolean {
  const [, major, minor] = /^OpenSSH_(\d+)\.(\d+)/.exec(server) ?? [];
  return Number(major) > 7 || (Number(major) === 7 && Number(minor) >= 4);
}

/** What the server prefers for RSA is not known this early. */
function algorithmOf(key: ParsedKey): string {
  return key.type === "ssh-rsa" ? "rsa-sha2-512" : key.type;
}
