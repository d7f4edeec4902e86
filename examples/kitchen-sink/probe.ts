import { runbook, z } from "rcm";
import { bash, command, stat } from "rcm/modules";

/** Looks at a host and changes nothing: a runbook to be grafted into others, which read what it found. */
export const probe = runbook(
  "probe",
  { params: z.object({ programs: z.array(z.string()), path: z.string() }) },
  ({ params, step }) => {
    // Three at once: none awaits another.
    const kernel = step("kernel", command({ cmd: "uname", args: ["-sr"], changedWhen: false }), {
      await: [],
      post: (out) => out.trim(),
    });
    const programs = step(
      "programs",
      bash({
        script: 'for p; do command -v "$p" >/dev/null && echo "$p"; done; true',
        args: params.programs,
        changedWhen: false,
      }),
      { await: [], post: (out) => out.split("\n").filter(Boolean) },
    );
    const place = step("place", stat({ path: params.path }), { await: [] });
    return { kernel, programs, place };
  },
);
