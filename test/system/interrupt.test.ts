import { expect, test } from "vitest";
import { leftovers, network, onHost, onLab, runs, untilOnHost } from "./support/lab.ts";
import { type Login, Run, Site } from "./support/site.ts";

const CASES: Readonly<Record<string, Login & { readonly flags?: readonly string[] }>> = {
  "as root": { host: "interrupt-root" },
  "with sudo": { host: "trixie-interrupt", user: "admin", flags: ["-b"] },
  "on BusyBox": { host: "tiny-interrupt" },
};

onLab("a run that is stopped in the middle of a step", () => {
  test.concurrent.each(Object.entries(CASES).map(([name, login], index) => [name, login, index] as const))(
    "by ^C, %s: it leaves no process and can be resumed",
    async (_name, { flags = [], ...login }, index) => {
      const { host } = login;
      await using site = await Site.make({ [host]: login });
      const { root, isAtWork, params } = await prepared(login, 8000 + index);
      const running = site.start("long", ...flags, ...params);
      await untilOnHost(host, isAtWork);

      running.child.kill("SIGINT");
      const stopped = new Run(await running.ended);
      expect(stopped.code, stopped.report).toBe(130);
      expect(site.hasCheckpoint).toBe(true);
      await untilOnHost(host, `! ${isAtWork}`);

      await resumes(site, login, root);
    },
  );

  test.concurrent("by a cut network: the host counts as unreachable, and it can be resumed", async () => {
    const login = { host: "lost" } as const;
    await using site = await Site.make({ lost: login });
    const { root, isAtWork, params } = await prepared(login, 9000);
    const running = site.start("long", ...params);
    await untilOnHost("lost", isAtWork);

    await network("lost", "cut");
    const stopped = new Run(await running.ended);
    expect(stopped.code, stopped.report).toBe(4);
    expect(site.hasCheckpoint).toBe(true);

    await network("lost", "heal");
    await resumes(site, login, root);
  });

  test.concurrent("by ^C while the network is cut: it does not wait for a line that is dead", async () => {
    const login = { host: "lost-interrupt" } as const;
    await using site = await Site.make({ [login.host]: login });
    const { root, isAtWork, params } = await prepared(login, 9001);
    const running = site.start("long", ...params);
    await untilOnHost(login.host, isAtWork);

    await network(login.host, "cut");
    const since = Date.now();
    running.child.kill("SIGINT");
    const stopped = new Run(await running.ended);
    expect(stopped.code, stopped.report).toBe(130);
    expect(Date.now() - since).toBeLessThan(25_000);

    await network(login.host, "heal");
    await resumes(site, login, root);
  });
});

async function prepared(
  { host }: Login,
  seconds: number,
): Promise<{
  readonly root: string;
  readonly params: readonly string[];
  readonly isAtWork: string;
}> {
  const root = `/var/lib/long-${seconds}`;
  await onHost(host, `mkdir ${root}`);
  return {
    root,
    params: ["-e", `root=${root}`, "-e", `seconds=${seconds}`],
    isAtWork: runs(`sleep ${seconds}`),
  };
}

async function resumes(site: Site, { host }: Login, root: string): Promise<void> {
  const run = await site.resume();
  expect(run.code, run.report).toBe(0);
  expect(run.changed, run.report).toEqual([`${host} long`, `${host} after`]);
  expect(await onHost(host, `cat ${root}/marks`)).toBe("before\nafter");
  expect(site.hasCheckpoint).toBe(false);
  expect(await leftovers(host)).toEqual([]);
}
