import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dockerContainer } from "../../modules/index.ts";
import type { Result } from "../../src/index.ts";
import { stage } from "./stage.ts";

const on = stage();

type Options = Parameters<typeof dockerContainer>[0];

/**
 * A docker that keeps images and containers as files, for machines where no engine can run: it knows the command lines
 * that the module uses, and fails for others. How a real engine behaves it does not prove.
 */
const DOCKER = `
S=$(dirname "$0")/../state
last() { for N; do :; done; }
last "$@"
printf '%s\\n' "$*" >>"$S/argv"
case "$1 $2" in
"info "*) [ ! -e "$S/down" ] || { echo "Cannot connect to the Docker daemon" >&2; exit 1; } ;;
"image inspect") [ -e "$S/images/$N" ] || exit 1; [ "$3" != -f ] || cat "$S/images/$N" ;;
"pull -q") [ "$3" != none ] || { echo "manifest unknown: $3" >&2; exit 1; }; echo "sha256:$3-1" >"$S/images/$3" ;;
"inspect --type")
  C=$S/containers/$N; [ -d "$C" ] || exit 1
  [ "$4" = -f ] || exit 0
  case $5 in *.Image*) cat "$C/image" ;; *rcm.hash*) grep rcm.hash= "$C/labels" | cut -d= -f2- ;; *rcm.config*) grep rcm.config= "$C/labels" | cut -d= -f2- ;; *Running*) cat "$C/running" ;; *ExitCode*) echo 3 ;; *) exit 9 ;; esac ;;
"create "*)
  shift; I=
  while [ $# -gt 0 ]; do case $1 in
    --name=*) N=\${1#*=} ;;
    --label-file=*) L=$(cat "\${1#*=}") ;;
    --env-file=*) E=$(cat "\${1#*=}") ;;
    --env) shift; E="$E
$1=$(printenv "$1")" ;;
    --volume=/bad*) echo "invalid mount" >&2; exit 1 ;;
    --*) F="$F $1" ;;
    *) I=$1; shift; break ;; esac; shift; done
  C=$S/containers/$N; mkdir "$C"; cat "$S/images/$I" >"$C/image"; printf '%s\\n' "$L" >"$C/labels"; printf '%s\\n' "$E" >"$C/env"; echo false >"$C/running"
  printf '%s\\n' "$F" >"$C/flags"; printf '<%s>' "$@" >"$C/command" ;;
"network connect") [ "$3" != no-net ] || { echo "network no-net not found" >&2; exit 1; }; echo "$3" >>"$S/containers/$N/networks" ;;
"start "*) [ ! -e "$S/containers/$N/command" ] || case $(cat "$S/containers/$N/command") in *false*) exit 0 ;; esac; echo true >"$S/containers/$N/running" ;;
"stop -t") [ -d "$S/containers/$N" ] || exit 1; echo false >"$S/containers/$N/running" ;;
"rm -f") [ -d "$S/containers/$N" ] || exit 1; rm -r "$S/containers/$N" ;;
"rename "*) mv "$S/containers/$2" "$S/containers/$3" ;;
"logs --tail") echo "it says why" ;;
*) echo "unknown command $*" >&2; exit 9 ;;
esac`;

class Fake {
  readonly dir = on.dir();
  readonly step = { env: { PATH: `${join(this.dir, "bin")}:${process.env.PATH}` } };

  constructor() {
    for (const folder of ["bin", "state/images", "state/containers"])
      mkdirSync(join(this.dir, folder), { recursive: true });
    writeFileSync(join(this.dir, "bin/docker"), `#!/bin/sh\n${DOCKER}\n`);
    chmodSync(join(this.dir, "bin/docker"), 0o755);
  }

  /** What the engine has, as text. */
  get state(): string {
    const containers = join(this.dir, "state/containers");
    return readdirSync(containers)
      .map((name) => `${name} ${this.of(name, "running")}`)
      .join(", ");
  }

  of(name: string, what: string): string {
    const file = join(this.dir, "state/containers", name, what);
    return existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  }

  async run(options: Options, mode: "check" | "apply" = "apply"): Promise<Result> {
    return await on.run(this.dir, dockerContainer(options), { mode, step: this.step });
  }

  /** A dry run tells the change and makes none; the change is made; then there is nothing to do, in one round trip. */
  async changes(options: Options): Promise<Result> {
    const before = this.state;
    const dry = await this.run(options, "check");
    expect([dry.error, dry.status, this.state]).toEqual([undefined, "changed", before]);
    const real = await this.run(options);
    expect(real.error).toBeUndefined();
    expect(real.changes[0]).toEqual(dry.changes[0]);
    expect(await this.run(options)).toMatchObject({ status: "ok", changes: [], roundTrips: 1 });
    return real;
  }
}

const web: Options = {
  name: "web",
  image: "nginx",
  command: ["sh", "-c", "it's $HOME"],
  env: { A: "it's", N: 1 },
  ports: ["8080:80"],
  volumes: ["data:/data:ro"],
  restartPolicy: "unless-stopped",
  networks: ["front", "back"],
  labels: { team: "a b" },
};

test("makes, starts, stops and removes a container with all that it is given", async () => {
  const engine = new Fake();
  const { changes, message } = await engine.changes(web);
  expect(message).toMatch(/^image: absent → present, container, running: stopped → started$/);
  expect(changes[1]).toEqual({
    property: "container",
    was: "",
    want: 'name: web\nimage: nginx\ncommand: ["sh","-c","it\'s $HOME"]\nenv.A: (sha256 24ceef1cb6b0…)\nenv.N: (sha256 6b86b273ff34…)\nports: 8080:80\nvolumes: data:/data:ro\nrestartPolicy: unless-stopped\nnetworks: front\nnetworks: back\nlabels.team: "a b"\n',
    text: true,
  });
  expect([engine.of("web", "flags"), engine.of("web", "command"), engine.of("web", "networks")]).toEqual([
    "--name=web --restart=unless-stopped --publish=8080:80 --volume=data:/data:ro --network=front".replace(
      "--name=web ",
      "",
    ),
    "<sh><-c><it's $HOME>",
    "back",
  ]);
  expect([engine.of("web", "env"), engine.of("web", "labels").split("\n")[0]]).toEqual([
    "A=it's\nN=1",
    "team=a b",
  ]);
  await engine.changes({ ...web, state: "stopped" });
  expect((await engine.run({ ...web, state: "present" })).status).toBe("ok");
  await engine.changes({ name: "web", state: "absent" });
  expect(engine.state).toBe("");
});

test("makes it anew when its configuration or its image differs, unless recreate says no", async () => {
  const engine = new Fake();
  await engine.run(web);
  const other = { ...web, env: { A: "2" }, memory: "64m", user: "www" };
  expect((await engine.run({ ...other, recreate: false })).status).toBe("ok");
  const { changes } = await engine.changes(other);
  expect(changes[0]?.was).toContain("env.A: (sha256 24ceef1cb6b0…)\n");
  expect(changes[0]?.want).toContain("env.A: (sha256 d4735e3a265e…)\n");
  expect(engine.of("web", "flags")).toMatch(/--user=www --memory=64m$/);
  writeFileSync(join(engine.dir, "state/images/nginx"), "sha256:nginx-2\n");
  expect((await engine.changes(other)).changes[0]?.was).toMatch(
    /made from an image that had this name before/,
  );
  expect(engine.state).toBe("web true");
});

test("variables of any text arrive, and no list of processes shows them", async () => {
  const engine = new Fake();
  const env = { A: 'two\n "lines"\'s $HOME `id`', B: "it's $HOME", C: "", D: '"quoted"', "e.f-g": "%s\\n#" };
  await engine.changes({ ...web, command: "true", env, labels: { team: "se=cret # x" } });
  expect(engine.of("web", "env").split("\n")).toEqual([
    ...["B=it's $HOME", "C=", "e.f-g=%s\\n#"],
    ...["A=two", ' "lines"\'s $HOME `id`', 'D="quoted"'],
  ]);
  expect(engine.of("web", "labels")).toContain("team=se=cret # x\n");
  expect(readFileSync(join(engine.dir, "state/argv"), "utf8")).not.toMatch(
    /"lines"|id`|it's \$HOME|cret|env\.A/,
  );
});

test("of a container that is only to be there, a running one runs on when it is made anew", async () => {
  const engine = new Fake();
  await engine.run(web);
  expect((await engine.run({ ...web, state: "present", memory: "64m" })).status).toBe("changed");
  expect(engine.state).toBe("web true");
});

test("a new one that cannot be made leaves the old one as it was", async () => {
  const engine = new Fake();
  await engine.run(web);
  for (const bad of [{ volumes: ["/bad:/bad"] }, { networks: ["front", "no-net"] }]) {
    const { error } = await engine.run({ ...web, ...bad });
    expect(error).toMatch(/cannot bring about "container": (?:invalid mount|network no-net not found)/);
    expect([engine.state, (await engine.run(web)).status]).toEqual(["web true", "ok"]);
  }
});

test("says why it failed", async () => {
  const engine = new Fake();
  expect((await engine.run({ name: "x", image: "none" })).error).toMatch(/"image": manifest unknown: none/);
  expect((await engine.run({ name: "x", image: "other", pull: "never" })).error).toMatch(
    /there is no image other on the host, and pull is never/,
  );
  expect((await engine.run({ name: "x", image: "a", command: "false" })).error).toMatch(
    /cannot bring about "running": it ended at once, with exit status 3: it says why/,
  );
  writeFileSync(join(engine.dir, "state/down"), "");
  expect((await engine.run(web)).error).toMatch(
    /cannot find out "image": Cannot connect to the Docker daemon/,
  );
  rmSync(join(engine.dir, "bin"), { recursive: true });
  const podman: Options = { ...web, engine: "podman" };
  expect((await engine.run(podman, "check")).status).toBe("changed");
  expect((await engine.run(podman)).error).toMatch(/there is no podman on the host: install it first/);
});

test.each<[Options, RegExp]>([
  [{ name: "x" }, /image is required unless the state is absent/],
  [{ name: "-x", image: "a" }, /option "name": wanted a name of letters/],
  [{ name: "x", image: "--privileged" }, /option "image": wanted a text/],
  [{ name: "x", image: "a", ports: ["web"] }, /option "ports\[0\]": wanted a port such as "8080:80"/],
  [{ name: "x", image: "a", volumes: ["data"] }, /wanted a volume/],
  [
    { name: "x", image: "a", env: { "A=B": "1" } },
    /option "env": wanted names of variables without = and spaces/,
  ],
  [{ name: "x", image: "a", env: { PATH: "a\nb" } }, /option "env": a value of several lines/],
  [{ name: "x", image: "a", env: { "a.b": "'q'" } }, /option "env": .*one that begins with a quote/],
  [{ name: "x", image: "a", labels: { a: "1\n2" } }, /option "labels": wanted values of a single line/],
  [{ name: "x", image: "a", restartPolicy: "often" }, /wanted no, always, unless-stopped or on-failure:3/],
  [{ name: "x", image: "a", networks: ["host", "b"] }, /the networks host and none stand alone/],
  [
    { name: "x", image: "a", networks: ["host"], ports: ["80"] },
    /ports are not published on the network host/,
  ],
  [
    { name: "x", image: "a", labels: { "rcm.config": "1" } },
    /the labels rcm.config and rcm.hash are rcm's own/,
  ],
  [{ name: "x", image: "a", memory: "lots" }, /wanted a size such as "512m"/],
  [{ name: "x", image: "a", extraArgs: ["x"] }, /wanted an option such as --shm-size/],
])("refuses %j", async (options, message) => {
  await expect(on.run(on.dir(), dockerContainer(options))).rejects.toThrow(message);
});
