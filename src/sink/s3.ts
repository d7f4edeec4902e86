import { createRequire } from "node:module";
import { PassThrough } from "node:stream";
import { RcmError } from "../errors.ts";
import { attemptLine } from "./file.ts";
import type { OpenSink, SinkPlace, StepSink } from "./sink.ts";

/** Where in S3, or in what speaks its protocol, a step's output goes. */
export interface S3Options {
  readonly bucket: string;
  /** `RUN/HOST/STEP.log` when left out. */
  readonly key?: string | ((place: SinkPlace) => string);
  /**
   * The settings of the AWS SDK's `S3Client`: `region`, `endpoint`, `credentials` …; what is left out, it finds itself.
   * A function may take them from the step's secrets.
   */
  readonly client?:
    | Readonly<Record<string, unknown>>
    | ((place: SinkPlace) => Readonly<Record<string, unknown>>);
}

/**
 * Puts a step's output into an object of S3 as it comes, part by part. Needs the packages `@aws-sdk/client-s3` and
 * `@aws-sdk/lib-storage`, which do not come with rcm.
 *
 * @throws RcmError when they are not there
 * @example
 * s3Sink({ bucket: "logs", client: ({ secrets }) => ({ credentials: JSON.parse(secrets.get("aws")) }) })
 */
export function s3Sink(options: S3Options): StepSink {
  if (typeof options?.bucket !== "string" || options.bucket === "")
    throw new RcmError("s3Sink has no bucket: wanted its name", { code: "runbook" });
  for (const name of ["@aws-sdk/client-s3", "@aws-sdk/lib-storage"]) checkThere(name);
  return Object.freeze({ open: async (place: SinkPlace) => await openObject(options, place) });
}

function checkThere(name: string): void {
  try {
    createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new RcmError(`s3Sink needs the package ${name}, which is not there`, {
      code: "runbook",
      hint: "npm install @aws-sdk/client-s3 @aws-sdk/lib-storage, where rcm is installed",
      cause,
    });
  }
}

async function openObject({ bucket, key, client }: S3Options, place: SinkPlace): Promise<OpenSink> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  const { Upload } = await import("@aws-sdk/lib-storage");
  const { run, host, step } = place;
  const settings = typeof client === "function" ? client(place) : (client ?? {});
  const s3 = new S3Client(settings);
  const body = new PassThrough();
  const name = (typeof key === "function" ? key(place) : key) ?? `${run}/${host}/${step}.log`;
  const uploaded = new Upload({ client: s3, params: { Bucket: bucket, Key: name, Body: body } }).done();
  uploaded.catch(() => undefined); // close tells of it
  const write = async (data: Buffer): Promise<void> => {
    // A failed upload reads no more: waiting for the drain alone would wait for ever.
    if (!body.write(data)) await Promise.race([new Promise((done) => body.once("drain", done)), uploaded]);
  };
  return {
    begin: async (attempt) => (attempt > 1 ? await write(attemptLine(attempt)) : undefined),
    write: async (_stream, data) => await write(data),
    close: async () => {
      body.end();
      await uploaded.finally(() => s3.destroy());
    },
  };
}
