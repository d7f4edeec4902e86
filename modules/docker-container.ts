import { checkVariableNames, defineModule } from "../src/index.ts";
import { container } from "./docker-container/container.ts";
import { image } from "./docker-container/image.ts";
import { options } from "./docker-container/options.ts";
import { absent, running } from "./docker-container/state.ts";

/** Manages containers of Docker or Podman. */
export const dockerContainer = defineModule({
  name: "docker_container",
  category: "Services",
  summary: "Makes, starts, stops and removes containers with the host's docker or podman.",
  example:
    'dockerContainer({ name: "web", image: "nginx:1.27", ports: ["80:80"], restartPolicy: "unless-stopped" })',
  secretOptions: ["env", "labels"],
  options,
  properties: (wanted, { secrets }) => {
    const { state, env } = wanted;
    if (state === "absent") return { container: absent(wanted) };
    checkVariableNames(Object.keys(env), secrets);
    return {
      image: image(wanted),
      container: container(wanted),
      ...(state === "present" ? {} : { running: running(wanted) }),
    };
  },
});
