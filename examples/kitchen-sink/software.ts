import { runbook, z } from "rcm";
import { apt, aptRepository, packages } from "rcm/modules";
import { mark } from "./mark.ts";

/** A source of packages, and two packages; one step after the other, since apt has one lock. */
export const software = runbook(
  "software",
  { params: z.object({ apt: z.string(), tool: z.string(), marks: z.string() }) },
  ({ params, step }) => {
    step(
      "source",
      aptRepository({
        uris: "https://deb.example.com/debian",
        suites: "stable",
        components: "main",
        enabled: false,
        updateCache: false,
      }),
    );
    step("apt", apt({ name: params.apt, updateCache: true }), { retry: 2, timeout: "5m", deadline: "15m" });
    step("tool", packages({ name: params.tool }), { timeout: "5m" });
    step("mark", mark({ file: params.marks, line: "software" }));
  },
);
