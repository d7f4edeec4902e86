import { basename } from "node:path";
import { contentProperties, defineModule } from "../src/index.ts";
import { options } from "./template/options.ts";
import { render } from "./template/render.ts";

/** Renders templates. */
export const template = defineModule({
  name: "template",
  category: "Files",
  summary: "Writes a file from an Eta template: `<%= it.host.name %>`; the run's context is `it`.",
  example: 'template({ src: "app.conf.eta", dest: "/etc/app.conf", vars: { port: 8080 }, mode: "0644" })',
  callbacks: ["content"],
  secretOptions: ["content", "vars"],
  options,
  properties: async (wanted, local, ctx) => {
    const { src = "", dest } = wanted;
    const source = await render(wanted, local, ctx);
    return await contentProperties({
      ...wanted,
      source,
      dest: dest.endsWith("/") ? dest + basename(src) : dest,
    });
  },
});
