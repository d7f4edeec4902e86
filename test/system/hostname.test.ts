import { expect, test } from "vitest";
import { onHost, onLab } from "./support/lab.ts";
import { Site } from "./support/site.ts";

const NAMES = "uname -n; cat /etc/hostname; hostnamectl --static";

onLab("hostname", () => {
  test("sets the running and the persistent name, once", async () => {
    await using site = await Site.make({ host: { host: "name", user: "admin" } });
    const wanted = ["-b", "-e", "name=web1.example.com"];
    const before = await onHost("name", NAMES);

    const planned = await site.plan("name", ...wanted);
    expect(planned.code, planned.report).toBe(0);
    expect(planned.result("host", "name").changes).toMatchObject([
      { want: "web1.example.com" },
      { want: "web1.example.com" },
    ]);
    expect(await onHost("name", NAMES)).toBe(before);

    const first = await site.apply("name", ...wanted);
    expect(first.changed, first.report).toEqual(["host name"]);
    expect(await onHost("name", NAMES)).toBe("web1.example.com\n".repeat(3).trim());

    const second = await site.apply("name", ...wanted);
    expect(second.code, second.report).toBe(0);
    expect(second.changed).toEqual([]);
  });
});
