import { expect, test } from "vitest";
import { packages } from "../../modules/index.ts";
import { onLab } from "./support/lab.ts";
import { changes, runOn } from "./support/on-lab-host.ts";

const LOOK =
  "dpkg-query -W -f '$''{Package} $''{Version} $''{db:Status-Status};' 'rcm-*' 2>/dev/null || true";

onLab("package", () => {
  test("with a real apt", async () => {
    const { result, seen } = await changes(
      "package",
      packages({ name: ["rcm-demo", "rcm-conf"], updateCache: true }),
      LOOK,
    );
    expect(result.changes.map(({ property }) => property)).toEqual(["index", "packages"]);
    expect(seen).toBe("rcm-conf 2.0 installed;rcm-demo 2.0 installed;");
    await runOn("package", ["apt-get -qq -y --allow-downgrades install rcm-demo=1.0"]);
    const latest = await changes("package", packages({ name: "rcm-demo", state: "latest" }), LOOK);
    expect(latest.seen).toContain("rcm-demo 2.0 installed;");
    const absent = await changes("package", packages({ name: "rcm-demo", state: "absent" }), LOOK);
    expect(absent.seen).toBe("rcm-conf 2.0 installed;");
  });
});
