import { accountName, defineModule, entryField, existence, sh, withTool, z } from "../src/index.ts";

/** Manages groups. */
export const group = defineModule({
  name: "group",
  category: "System",
  summary: "Makes or removes a group, and sets its number.",
  example: 'group({ name: "deploy", gid: 1500 })',
  options: z
    .strictObject({
      name: accountName.describe("the group's name"),
      state: z.enum(["present", "absent"]).default("present").describe("whether the group is there"),
      gid: z
        .int()
        .min(0)
        .max(2 ** 32 - 2)
        .optional()
        .describe("its number; of files with the old number the group stays a number"),
      nonUnique: z.boolean().default(false).describe("another group may have the same gid"),
      system: z.boolean().default(false).describe("a new group gets its number from those of the system"),
      force: z.boolean().default(false).describe("remove it though it is the primary group of a user"),
    })
    .refine(({ nonUnique, gid }) => !nonUnique || gid !== undefined, "nonUnique requires gid"),
  properties: ({ name, state, gid, nonUnique, system, force }) => {
    if (state === "absent") {
      const remove = {
        groupdel: sh`groupdel ${force ? ["-f"] : []} ${name}`,
        delgroup: sh`delgroup ${name}`,
      };
      return { state: existence("group", name, "absent", withTool(remove)) };
    }
    const number = gid === undefined ? [] : ["-g", String(gid)];
    const same = nonUnique ? ["-o"] : [];
    const add = {
      groupadd: sh`groupadd ${system ? ["-r"] : []} ${number} ${same} ${name}`,
      addgroup: sh`addgroup ${system ? ["-S"] : []} ${number} ${name}`,
    };
    return {
      state: existence("group", name, "present", withTool(add)),
      ...(gid === undefined
        ? {}
        : {
            gid: {
              probe: entryField("group", name, 3),
              want: String(gid),
              apply: withTool({ groupmod: sh`groupmod ${number} ${same} ${name}` }),
            },
          }),
    };
  },
});
