import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import S3rver from "s3rver";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SinkPlace, s3Sink } from "../../src/index.ts";
import { secretsFrom } from "../../src/module/secrets.ts";

let dir: string;
let server: S3rver;
let settings: Readonly<Record<string, unknown>>;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "rcm-s3-"));
  server = new S3rver({ port: 0, address: "127.0.0.1", silent: true, directory: dir });
  const { port } = await server.run();
  settings = {
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    forcePathStyle: true,
    // s3rver, like other servers, does not know the checksums that the SDK adds by itself.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  };
  await client().send(new CreateBucketCommand({ Bucket: "logs" }));
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true });
});

const KEYS = '{"accessKeyId":"S3RVER","secretAccessKey":"S3RVER"}';
const PLACE: SinkPlace = {
  run: "run1",
  host: "web",
  step: "build",
  secrets: secretsFrom(["aws"], new Map([["aws", KEYS]])),
};
const withKeys = ({ secrets }: SinkPlace): Record<string, unknown> => ({
  ...settings,
  credentials: JSON.parse(secrets.get("aws")) as unknown,
});

function client(): S3Client {
  return new S3Client(withKeys(PLACE));
}

async function content(key: string): Promise<string | undefined> {
  const { Body } = await client().send(new GetObjectCommand({ Bucket: "logs", Key: key }));
  return await Body?.transformToString();
}

test("an object has all of the output, in parts when it is long", async () => {
  const open = await s3Sink({ bucket: "logs", client: withKeys }).open(PLACE);
  await open.begin?.(1);
  const block = Buffer.from(`${"x".repeat(99)}\n`.repeat(10_000));
  for (let i = 0; i < 12; i++) await open.write(i % 2 ? "stderr" : "stdout", block);
  await open.begin?.(2);
  await open.write("stdout", Buffer.from("again\n"));
  await open.close();
  const text = await content("run1/web/build.log");
  expect(text?.length).toBe(12_000_000 + "==> attempt 2 <==\nagain\n".length);
  expect(text?.slice(-30)).toBe("xxxxx\n==> attempt 2 <==\nagain\n");
  const { Uploads } = await client()
    .send(new ListMultipartUploadsCommand({ Bucket: "logs" }))
    .catch(() => ({ Uploads: [] }));
  expect(Uploads ?? []).toEqual([]);
});

test("a step that printed nothing leaves an empty object, under the key that is wanted", async () => {
  const open = await s3Sink({ bucket: "logs", key: ({ step }) => `k/${step}`, client: withKeys }).open(PLACE);
  await open.close();
  expect(await content("k/build")).toBe("");
});

test("what S3 refuses is told when the sink is closed, and nothing waits for ever", async () => {
  const open = await s3Sink({ bucket: "no-such-bucket", client: withKeys }).open(PLACE);
  const writing = async (): Promise<void> => {
    for (let i = 0; i < 12; i++) await open.write("stdout", Buffer.alloc(1_000_000));
    await open.close();
  };
  await expect(writing()).rejects.toThrow(/bucket does not exist|NoSuchBucket/);
});

test("wants a bucket", () => {
  expect(() => s3Sink({ bucket: "" })).toThrow("s3Sink has no bucket");
});
