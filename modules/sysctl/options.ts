import { path, text, z } from "../../src/index.ts";

export const options = z
  .strictObject({
    name: text
      .regex(
        /^[A-Za-z0-9_-]+(?:[./][A-Za-z0-9_:-]+)+$/,
        "wanted the name of a kernel parameter, such as net.ipv4.ip_forward",
      )
      .describe("the parameter, with . or /"),
    value: z
      .union([z.int(), text.min(1)])
      .transform((value) =>
        String(value)
          .trim()
          .replaceAll(/[ \t]+/g, " "),
      )
      .refine((value) => !/[\r\n]/.test(value), "wanted a single line")
      .optional()
      .describe("its value; required for the state present"),
    state: z
      .enum(["present", "absent"])
      .default("present")
      .describe("`absent`: the file says nothing of it any more; it keeps its value until the next boot"),
    file: path.default("/etc/sysctl.d/90-rcm.conf").describe("where it is set for the next boot"),
    reload: z.boolean().default(true).describe("it gets the value now, too"),
  })
  .refine(
    ({ state, value }) => state === "absent" || value !== undefined,
    "value is required for the state present",
  );

export type Options = z.output<typeof options>;
