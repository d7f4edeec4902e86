/**
 * The step modules that come with rcm, by the names that runbooks import.
 *
 * @packageDocumentation
 */

export { apt } from "./apt.ts";
export { aptRepository } from "./apt-repository.ts";
export { assert } from "./assert.ts";
export { authorizedKey } from "./authorized-key.ts";
export { bash } from "./bash.ts";
export { blockinfile } from "./blockinfile.ts";
export { brew } from "./brew.ts";
export { command } from "./command.ts";
export { copy } from "./copy.ts";
export { cron } from "./cron.ts";
export { debug } from "./debug.ts";
export { dockerContainer } from "./docker-container.ts";
export { fail } from "./fail.ts";
export { fetch } from "./fetch.ts";
export { file } from "./file.ts";
export { getUrl } from "./get-url.ts";
export { git } from "./git.ts";
export { group } from "./group.ts";
export { hostname } from "./hostname.ts";
export { type HttpResponse, http } from "./http.ts";
export { iniFile } from "./ini-file.ts";
export { lineinfile } from "./lineinfile.ts";
export { mount } from "./mount.ts";
export { packages } from "./package.ts";
export { pause } from "./pause.ts";
export { pip } from "./pip.ts";
export { reboot } from "./reboot.ts";
export { replace } from "./replace.ts";
export { service } from "./service.ts";
export { type ExistingStat, type Stat, stat } from "./stat.ts";
export { sysctl } from "./sysctl.ts";
export { systemd } from "./systemd.ts";
export { template } from "./template.ts";
export { unarchive } from "./unarchive.ts";
export { user } from "./user.ts";
export { waitFor } from "./wait-for.ts";
