import { runbook, type StepContext, z } from "rcm";
import { brew, dockerContainer, git, pip } from "rcm/modules";
import { mark } from "./mark.ts";
import { probe } from "./probe.ts";

/** For hosts that have the programs, where a param says what to do with them; otherwise the steps are skipped. */
export const elsewhere = runbook(
  "elsewhere",
  {
    params: z.object({
      dir: z.string(),
      marks: z.string(),
      repo: z.string().optional(),
      wheel: z.string().optional(),
      image: z.string().optional(),
      formula: z.string().optional(),
    }),
  },
  ({ params: { dir, marks, repo, wheel, image, formula }, step, graft }) => {
    const look = graft("probe", probe, {
      params: { programs: ["git", "python3", "docker", "podman", "brew"], path: "/etc/os-release" },
    });
    /** True when the param is there, and the host has one of the programs. */
    const where =
      (param: string | undefined, ...programs: readonly string[]) =>
      (ctx: StepContext): boolean =>
        param !== undefined && programs.some((one) => ctx.output(look.steps.programs)?.includes(one));

    step("git", git({ repo: repo ?? "https://git.example.com/none.git", dest: `${dir}/clone` }), {
      when: where(repo, "git"),
    });
    step("pip", pip({ name: wheel ?? "wheel", virtualenv: `${dir}/venv` }), {
      when: where(wheel, "python3"),
    });
    step(
      "container",
      dockerContainer({
        name: "kitchen",
        image: image ?? "busybox",
        command: "sleep 3600",
        restartPolicy: "always",
      }),
      {
        when: where(image, "docker", "podman"),
      },
    );
    step("brew", brew({ name: formula ?? "jq" }), { become: false, when: where(formula, "brew") });
    step("mark", mark({ file: marks, line: "elsewhere" }));
  },
);
