import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EarlySockets } from "../../src/transport/early-sockets.ts";

let server: Server;
let target: { readonly address: string; readonly port: number; readonly connectTimeout: number };
beforeEach(async () => {
  server = createServer((socket) => void socket.resume()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  target = { address: "127.0.0.1", port, connectTimeout: 5000 };
});
afterEach(() => {
  vi.useRealTimers();
  server.close();
});

async function accepted(): Promise<Socket> {
  const [socket] = (await once(server, "connection")) as [Socket];
  return socket;
}

test("a socket is open before it is asked for, and taken once", async () => {
  const over = new AbortController();
  const early = new EarlySockets(over.signal);
  early.open("a", target);
  await accepted();
  const { socket, roundTrip } = (await early.take("a")) ?? {};
  expect(socket?.readyState).toBe("open");
  expect(roundTrip).toBeGreaterThan(0);
  expect(early.take("a")).toBe(undefined);
  over.abort();
  expect(socket?.destroyed).toBe(false); // it is somebody's
  socket?.destroy();
});

test("one that nobody takes is closed when all is over, and none is opened after that", async () => {
  const over = new AbortController();
  const early = new EarlySockets(over.signal);
  early.open("a", target);
  const socket = await accepted();
  over.abort();
  await once(socket, "close");
  early.open("b", target);
  expect([early.take("a"), early.take("b")]).toEqual([undefined, undefined]);
});

test("one that is too old is closed: its server may have lost its patience", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  const early = new EarlySockets(new AbortController().signal);
  early.open("a", target);
  const socket = await accepted();
  vi.advanceTimersByTime(5000);
  await once(socket, "close");
  expect(early.take("a")).toBe(undefined);
});

test("where there is nothing to connect to, the one who takes it is told", async () => {
  const early = new EarlySockets(new AbortController().signal);
  early.open("a", { ...target, port: 1 });
  early.open("b", { ...target, port: 1e6 });
  await expect(early.take("a")).rejects.toThrow(/nothing listens there/);
  await expect(early.take("b")).rejects.toThrow(/port/i);
});
