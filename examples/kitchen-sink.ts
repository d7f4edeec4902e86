// Everything at once: each step type and each framework option, on a Debian host with systemd.
//
//   rcm apply examples/kitchen-sink.ts -i hosts.yaml -b
//
//   people.*  ──────────────────────────────────────────────────────┐ (merged: it awaits nothing)
//   start ── folder ─┬─ enough                                      │
//                    ├─ myself                                      │
//                    ├─ hostname ── kernel                          │
//                    ├─ software.*                                  ├─ report ── mishap ── marked ── reboot ─┐
//                    ├─ texts.*                                     │                                        │
//                    ├─ web.*                                       │   ┌────────────────────────────────────┘
//                    └─ elsewhere.probe.* ── elsewhere.* ───────────┘   ├─ smoke.* ───────┐
//                                                                       ├─ pause ─────────┼─ closed ── done
//                                                                       └─ fetched ───────┘
//
// The reboot is in the middle, and is there for the host name and the kernel parameter: where these are right already,
// the host is not rebooted. So a second apply changes only what is no state but an effect, done each time: "marked",
// "closed" and "mark" in each of the parts append a line to a file. And "mishap" fails each time, on purpose; that is
// ignored.
//
// git, pip, docker_container and brew want a host that has git, Python, Docker or Podman, Homebrew, and a param that
// says what to do with it (`-e repo=…`); elsewhere these four steps are skipped.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changed, fileSink, multiSink, nullSink, runbook, z } from "rcm";
import {
  assert,
  bash,
  command,
  debug,
  fail,
  fetch,
  file,
  hostname,
  pause,
  reboot,
  sysctl,
} from "rcm/modules";
import { elsewhere } from "./kitchen-sink/elsewhere.ts";
import { mark } from "./kitchen-sink/mark.ts";
import { people } from "./kitchen-sink/people.ts";
import { smoke } from "./kitchen-sink/smoke.ts";
import { software } from "./kitchen-sink/software.ts";
import { texts } from "./kitchen-sink/texts.ts";
import { web } from "./kitchen-sink/web.ts";

const params = z.object({
  dir: z.string().startsWith("/", "wanted a path from /").default("/srv/kitchen").describe("on the host"),
  keep: z.string().default(join(tmpdir(), "kitchen-sink")).describe("on this machine"),
  name: z.string().default("kitchen").describe("the host's new name"),
  apt: z.string().default("curl").describe("a package"),
  tool: z.string().default("rsync").describe("another one"),
  url: z.url().default("https://deb.debian.org/debian/README").describe("something to download"),
  port: z.number().int().min(1).max(65_535).default(8088).describe("where the host serves a page"),
  repo: z.string().optional().describe("a git repository to clone"),
  wheel: z.string().optional().describe("a Python package"),
  image: z.string().optional().describe("an image for a container"),
  formula: z.string().optional().describe("a formula of Homebrew"),
});

export default runbook("kitchen-sink", { params }, ({ params, step, graft, merge, secret }) => {
  const { dir, keep, port, repo, wheel, image, formula } = params;
  const marks = `${dir}/marks`;
  const token = secret("api-token", () => process.env.API_TOKEN ?? "kitchen-api-token");

  const crew = merge("people", people);
  step(
    "start",
    debug({ message: ({ host, facts }) => `${host.name}: ${facts.distro} ${facts.distroVersion}` }),
    {
      await: [],
    },
  );
  const folder = step("folder", file({ path: dir, state: "directory", mode: "0755" }));

  // Fan-out: all of these await the folder, and not each other.
  const first = { await: [folder] };
  const enough = step(
    "enough",
    assert({
      that: { "64 MB": ({ facts }) => facts.memoryMb >= 64, Linux: ({ facts }) => facts.os === "linux" },
    }),
    first,
  );
  const myself = step("myself", command({ cmd: 'echo "$GREETING, $(id -un)"', changedWhen: false }), {
    ...first,
    become: false,
    env: { GREETING: "hello", KERNEL: ({ facts }) => facts.kernel },
    post: (out) => out.trim(),
  });
  const name = step("hostname", hostname({ name: params.name }), first);
  const kernel = step("kernel", sysctl({ name: "net.ipv4.tcp_fin_timeout", value: 30 }));
  const parts = [
    graft("software", software, { ...first, params: { apt: params.apt, tool: params.tool, marks } }),
    graft("texts", texts, { ...first, params: { dir, url: params.url, marks } }),
    graft("web", web, { ...first, params: { dir, port, marks } }),
    graft("elsewhere", elsewhere, { ...first, params: { dir, repo, wheel, image, formula, marks } }),
  ];

  // Fan-in: it starts when all of them are through.
  const report = step(
    "report",
    bash({
      script: `echo "on $(hostname): $*"; echo "the token is $API_TOKEN" >&2; test -n "$API_TOKEN"`,
      args: [(ctx) => ctx.output(crew.steps.who) ?? "nobody", (ctx) => ctx.output(myself) ?? "?"],
      changedWhen: false,
    }),
    {
      await: [crew, enough, myself, kernel, ...parts],
      secrets: [token],
      sink: multiSink(
        nullSink(),
        fileSink(({ host }) => join(keep, `${host}-report.log`)),
      ),
    },
  );
  const mishap = step("mishap", fail({ message: "the soup is salty" }), { ignoreErrors: true });
  step("marked", mark({ file: marks, line: "marked" }), {
    when: (ctx) => ctx.result(mishap)?.status === "failed",
  });

  // The middle. If rcm dies here, it goes on when it is resumed, and does not reboot the host again.
  const middle = step("reboot", reboot({ message: "the kitchen is mopped", timeout: "2m" }), {
    await: [report, "marked"],
    when: changed(name, kernel),
  });

  const well = graft("smoke", smoke, { params: { port, dir, marks } });
  const fetched = step("fetched", fetch({ src: `${dir}/index.html`, dest: join(keep, "pages") }), {
    await: [middle],
    sink: nullSink(),
  });
  step("pause", pause({ duration: 200, message: "let it rest" }), { await: ["reboot"] });
  step("closed", mark({ file: marks, line: "closed" }), { await: [well, fetched, "pause"] });
  step("done", debug({ message: (ctx) => `${ctx.output(well.steps.title)} is served` }));
});
