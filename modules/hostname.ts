import { defineModule, sh, z } from "../src/index.ts";

/** Sets the system's host name. */
export const hostname = defineModule({
  name: "hostname",
  category: "System",
  summary: "Sets the system's host name, now and for the next boot.",
  example: 'hostname({ name: "web1.example.com" })',
  options: z.strictObject({
    name: z
      .string()
      .max(64)
      .regex(/^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/, "wanted a host name of letters, digits, - and .")
      .describe("the new host name"),
  }),
  properties: ({ name }) => ({
    persistent: {
      probe: sh`cat /etc/hostname 2>/dev/null`,
      want: name,
      apply: sh`if [ -d /run/systemd/system ]; then hostnamectl set-hostname ${name}; else printf '%s\n' ${name} >/etc/hostname; fi`,
    },
    running: { probe: sh`uname -n`, want: name, apply: sh`hostname ${name}` },
  }),
});
