import { homedir, userInfo } from "node:os";
import { describe, expect, test } from "vitest";
import type { ConnectionOverrides, ConnectionSettings } from "../../src/inventory/model.ts";
import { loadYaml, problemsOf } from "./temp.ts";

/** The settings of a host that has the variables given, and of which `all` has others. */
async function settingsOf(
  vars: object,
  overrides: ConnectionOverrides = {},
  all: object = {},
): Promise<ConnectionSettings> {
  const { hosts } = await loadYaml(yamlOf(vars, all), overrides);
  return hosts.get("web1")!.connection;
}

function yamlOf(vars: object, all: object = {}): string {
  return JSON.stringify({ all: { vars: all, hosts: { web1: vars } } });
}

test("the defaults", async () => {
  expect(await settingsOf({})).toEqual({
    type: "ssh",
    address: "web1",
    port: 22,
    user: userInfo().username,
    password: undefined,
    privateKey: undefined,
    knownHosts: undefined,
    hostKeyChecking: undefined,
    become: { enabled: false, user: "root", method: "sudo", password: undefined },
    shell: "/bin/sh",
  });
});

describe("what is written", () => {
  test.each([
    [{ ansible_host: "10.0.0.1" }, { address: "10.0.0.1" }],
    [{ ansible_ssh_host: "fe80::1%eth0" }, { address: "fe80::1%eth0" }],
    [{ ansible_host: "::1" }, { address: "::1" }],
    [{ ansible_port: "2222" }, { port: 2222 }],
    [{ ansible_user: "svc.web-1$" }, { user: "svc.web-1$" }],
    [{ ansible_user: null, ansible_ssh_user: "old" }, { user: "old" }],
    [{ ansible_ssh_pass: "a b" }, { password: "a b" }],
    [{ ansible_ssh_private_key_file: "~/.ssh/id" }, { privateKey: `${homedir()}/.ssh/id` }],
    [{ ansible_connection: "smart" }, { type: "ssh" }],
    [{ ansible_connection: "local" }, { type: "local" }],
    [{ ansible_host_key_checking: false }, { hostKeyChecking: "off" }],
    [{ ansible_shell_executable: "/bin/bash" }, { shell: "/bin/bash" }],
    [
      { ansible_become: "yes", ansible_become_user: "app", ansible_become_pass: "pw" },
      { become: { enabled: true, user: "app", method: "sudo", password: "pw" } },
    ],
    [
      { ansible_ssh_common_args: "-p 2200 -i '/k e/y' -lbob" },
      { port: 2200, privateKey: "/k e/y", user: "bob" },
    ],
    [
      { ansible_ssh_common_args: '-o StrictHostKeyChecking=no -o "UserKnownHostsFile /dev/null"' },
      { hostKeyChecking: "off", knownHosts: "/dev/null" },
    ],
    [{ ansible_ssh_args: "-oPort=1", ansible_ssh_extra_args: "-oPort=2" }, { port: 1 }],
    [{ ansible_port: 3, ansible_ssh_args: "-p 1" }, { port: 3 }],
    [
      { rcm: { port: 4, host_key_checking: "accept-new" }, ansible_port: 3 },
      { port: 4, hostKeyChecking: "accept-new" },
    ],
  ])("%j", async (vars, settings) => {
    expect(await settingsOf(vars)).toMatchObject(settings);
  });

  test("native settings of a host add to those of its groups", async () => {
    const settings = await settingsOf({ rcm: { port: 2 } }, {}, { rcm: { port: 1, user: "deploy" } });
    expect(settings).toMatchObject({ port: 2, user: "deploy" });
  });

  test("the command line wins over it all", async () => {
    const overrides: ConnectionOverrides = {
      type: "local",
      user: "u",
      port: 9,
      privateKey: "~/k",
      password: "p",
      knownHosts: "/kh",
      hostKeyChecking: "off",
      become: true,
      becomeUser: "b",
      becomePassword: "bp",
    };
    const settings = await settingsOf(
      { rcm: { user: "x", port: 1, become: false, password: "y" } },
      overrides,
    );
    expect(settings).toMatchObject({
      type: "local",
      user: "u",
      port: 9,
      privateKey: `${homedir()}/k`,
      password: "p",
      knownHosts: "/kh",
      hostKeyChecking: "off",
      become: { enabled: true, user: "b", method: "sudo", password: "bp" },
    });
  });
});

describe("problems", () => {
  const user = "wanted a user name of letters, digits, _, . and -, and no digit first";
  const supported =
    "[Supported are -i, -l, -p and -o with IdentityFile, User, Port, UserKnownHostsFile or StrictHostKeyChecking]";

  test.each([
    [
      { ansible_host: "-oProxyCommand=x" },
      'ansible_host is "-oProxyCommand=x"; wanted a host name or address',
    ],
    [{ ansible_host: "a b" }, 'ansible_host is "a b"; wanted a host name or address'],
    [{ ansible_port: 70000 }, "ansible_port is the number 70000; wanted a port from 1 to 65535"],
    [{ ansible_port: "ssh" }, 'ansible_port is "ssh"; wanted a port from 1 to 65535'],
    [{ ansible_user: "-root" }, `ansible_user is "-root"; ${user}`],
    [{ ansible_become_user: "a;b" }, `ansible_become_user is "a;b"; ${user}`],
    [
      { ansible_user: "{{ u }}" },
      'ansible_user is "{{ u }}"; templates are not supported in connection settings',
    ],
    [
      { ansible_password: 123456 },
      "ansible_password is not shown here; wanted text, on one line; put it in quotes",
    ],
    [
      { ansible_become_password: "a\nb" },
      "ansible_become_password is not shown here; wanted text, on one line; put it in quotes",
    ],
    [
      { ansible_connection: "winrm" },
      'ansible_connection is "winrm"; wanted ssh or local (no other connection is supported yet)',
    ],
    [
      { ansible_become_method: "su" },
      'ansible_become_method is "su"; wanted sudo (no other method is supported yet)',
    ],
    [{ ansible_become: "maybe" }, 'ansible_become is "maybe"; wanted true or false'],
    [
      { ansible_shell_executable: "bash" },
      'ansible_shell_executable is "bash"; wanted the absolute path of a shell, of letters, digits, /, _, . and -',
    ],
    [
      { ansible_host_key_checking: "sure" },
      'ansible_host_key_checking is "sure"; wanted strict, accept-new or off',
    ],
    [{ ansible_private_key_file: ["a"] }, "ansible_private_key_file is a list; wanted the path of one file"],
    [
      { ansible_ssh_common_args: "-J gate" },
      `ansible_ssh_common_args has "-J gate", which is not supported yet ${supported}`,
    ],
    [
      { ansible_ssh_common_args: "-o ProxyCommand='nc %h %p'" },
      `ansible_ssh_common_args has "-o ProxyCommand=nc %h %p", which is not supported yet ${supported}`,
    ],
    [{ ansible_ssh_args: "-C" }, `ansible_ssh_args has "-C", which is not supported yet ${supported}`],
    [{ ansible_ssh_args: "-i" }, `ansible_ssh_args has "-i", which is not supported yet ${supported}`],
    [{ ansible_ssh_args: "-p x" }, 'port in ansible_ssh_args is "x"; wanted a port from 1 to 65535'],
    [
      { ansible_ssh_args: "-o 'a" },
      `ansible_ssh_args is "-o 'a"; wanted one line of arguments for ssh, without templates and with its quotes closed`,
    ],
    [{ rcm: "x" }, '"rcm" is "x"; wanted a mapping of connection settings'],
    [
      { rcm: { usr: "x" } },
      'Unknown key "usr" in "rcm"; wanted host, port, user, password, key, known_hosts, host_key_checking, connection, shell, become, become_user, become_method, become_password [Did you mean "user"?]',
    ],
  ])("%j", async (vars, problem) => {
    const [found, ...others] = await problemsOf(loadYaml(yamlOf(vars)));
    expect(found?.replace(/^hosts\.yaml:1:\d+: /, "")).toBe(problem);
    expect(others).toEqual([]);
  });

  test("stand at the value, inside of rcm, too", async () => {
    const text = "all:\n  vars:\n    rcm:\n      port: 0\n      user: a b\n  hosts: web1\n";
    expect(await problemsOf(loadYaml(text))).toEqual([
      "hosts.yaml:4:13: rcm.port is the number 0; wanted a port from 1 to 65535",
      `hosts.yaml:5:13: rcm.user is "a b"; ${user}`,
    ]);
  });

  test("count once, however many hosts share them", async () => {
    expect(await problemsOf(loadYaml("all: {hosts: {'w[1:99]': }, vars: {ansible_port: x}}"))).toHaveLength(
      1,
    );
  });

  test("a name that is no address is one only where it is connected to", async () => {
    expect(await problemsOf(loadYaml("all: {hosts: {my box: }}"))).toEqual([
      'hosts.yaml:1:15: The host "my box" has no ansible_host; wanted a host name or address [Give the host a plain name, or its address as ansible_host]',
    ]);
    const { hosts } = await loadYaml(
      "all: {hosts: {my box: {ansible_host: w1}, here *: {ansible_connection: local}}}",
    );
    expect([...hosts.keys()]).toEqual(["my box", "here *"]);
  });

  test("of the command line, too", async () => {
    expect(await problemsOf(settingsOf({}, { port: 0, user: "a b" }))).toEqual([
      `: user on the command line is "a b"; ${user}`,
      ": port on the command line is the number 0; wanted a port from 1 to 65535",
    ]);
  });
});
