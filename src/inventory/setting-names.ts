import type { Position } from "../errors.ts";
import type { Value } from "./model.ts";

/** Native name of a connection setting, as it stands under `rcm:`. */
export type SettingName = keyof typeof ANSIBLE_NAMES;

/** A setting as somebody wrote it. */
export interface Setting {
  /** What its writer called it. */
  readonly label: string;
  readonly value: Value;
  readonly where: Position | undefined;
}

/** What Ansible calls each setting; of several names the first counts. */
export const ANSIBLE_NAMES = {
  host: ["ansible_host", "ansible_ssh_host"],
  port: ["ansible_port", "ansible_ssh_port"],
  user: ["ansible_user", "ansible_ssh_user"],
  password: ["ansible_password", "ansible_ssh_password", "ansible_ssh_pass"],
  key: ["ansible_private_key_file", "ansible_ssh_private_key_file"],
  known_hosts: [],
  host_key_checking: ["ansible_host_key_checking", "ansible_ssh_host_key_checking"],
  connection: ["ansible_connection"],
  shell: ["ansible_shell_executable"],
  become: ["ansible_become"],
  become_user: ["ansible_become_user"],
  become_method: ["ansible_become_method"],
  become_password: ["ansible_become_password", "ansible_become_pass"],
} as const satisfies Record<string, readonly string[]>;

/** Every native name. */
export const NAMES = Object.keys(ANSIBLE_NAMES) as readonly SettingName[];
