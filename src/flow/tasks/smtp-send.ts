import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { basename } from "node:path";
import type { Duplex } from "node:stream";
import { z } from "zod";
import { messageOf, RcmError } from "../../errors.ts";
import { defineModule } from "../../module/define.ts";
import type { RunHost } from "../../module/run.ts";
import { asSocket } from "./socket.ts";

const address = z.string().regex(/^[^\r\n]+$/, "wanted an address in one line");
const addresses = z.union([address, z.array(address)]).transform((one) => [one].flat());

const client = z.strictObject({
  host: z.string().min(1).describe("the server, as the host sees it"),
  port: z.number().int().min(1).max(65_535).default(465),
  username: z.string().min(1),
  password: z.string(),
  local_hostname: z.string().optional().describe("how this side names itself"),
  timeout: z.number().positive().default(60).describe("seconds that the server may take for an answer"),
  source_address: z.string().optional().describe("send from this address of the machine that rcm runs on"),
});

type Client = z.output<typeof client>;

/** Sends an e-mail. */
export const smtpSend = defineModule({
  name: "smtp_send",
  category: "Flows",
  summary: "Sends an e-mail by SMTP over TLS, from the host's point of view; needs the package nodemailer.",
  example:
    'smtpSend({ client, subject: "Done", message: "…", email_from: "a@x.org", email_to: ["b@x.org"] })',
  secretOptions: [
    "subject",
    "message",
    "html_message",
    "email_from",
    "email_to",
    "email_to_cc",
    "email_to_bcc",
    "client",
  ],
  options: z
    .strictObject({
      subject: z.string().default(""),
      message: z.string().optional().describe("the text"),
      html_message: z.string().optional().describe("the same as HTML"),
      email_from: address,
      email_to: addresses.default([]),
      email_to_cc: addresses.default([]),
      email_to_bcc: addresses.default([]),
      attachments: z
        .array(z.string().min(1))
        .default([])
        .describe("files of this side, relative to the flow"),
      client: z
        .union([
          client,
          z
            .array(client)
            .length(1, "wanted one client")
            .transform(([one]) => one as Client),
        ])
        .describe("the server, and who logs in there"),
    })
    .refine(
      ({ email_to, email_to_cc, email_to_bcc }) =>
        email_to.length + email_to_cc.length + email_to_bcc.length > 0,
      "wanted somebody in email_to, email_to_cc or email_to_bcc",
    ),
  changes: true,
  describe: ({ subject }) => `would send "${subject}"`,
  run: async (mail, host, local) => {
    const { createTransport } = await library();
    const { host: server, port, username, password, local_hostname: name, timeout } = mail.client;
    const transport = createTransport({
      ...{ host: server, port, secure: true, auth: { user: username, pass: password } },
      ...(name === undefined ? {} : { name }),
      ...{ greetingTimeout: timeout * 1000, socketTimeout: timeout * 1000 },
      getSocket: (_options: unknown, done: (error: Error | null, socket?: object) => void) => {
        open(mail.client, host).then((connection) => done(null, { connection }), done);
      },
    } as Parameters<typeof createTransport>[0]);
    const attachments = await Promise.all(
      mail.attachments.map(async (file) => ({
        filename: basename(file),
        content: await readFile(local.path(file)),
      })),
    );
    const sent = await transport.sendMail({
      ...{ subject: mail.subject, from: mail.email_from, to: mail.email_to, cc: mail.email_to_cc },
      ...{ bcc: mail.email_to_bcc, text: mail.message, html: mail.html_message, attachments },
    });
    transport.close();
    return {
      changed: true,
      message: `sent to ${sent.accepted.length}`,
      output: { message_id: sent.messageId },
    };
  },
});

async function open({ host: server, port, source_address: from }: Client, host: RunHost): Promise<Duplex> {
  if (from === undefined) return asSocket(await host.connect(server, port, host.signal));
  const socket = connect({ host: server, port, localAddress: from });
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  return socket;
}

async function library(): Promise<typeof import("nodemailer")> {
  try {
    const loaded = (await import("nodemailer")) as unknown as { default?: typeof import("nodemailer") };
    return loaded.default ?? (loaded as unknown as typeof import("nodemailer"));
  } catch (cause) {
    throw new RcmError(`smtp_send needs the package "nodemailer": ${messageOf(cause)}`, {
      ...{ code: "step", hint: "npm install nodemailer", cause },
    });
  }
}
