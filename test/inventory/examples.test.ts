import { homedir } from "node:os";
import { expect, test } from "vitest";
import { loadInventory } from "../../src/inventory/load.ts";
import { selectHosts } from "../../src/inventory/patterns.ts";

test("inventories/example.yaml says what its comments say", async () => {
  const inventory = await loadInventory(["inventories/example.yaml"], { overrides: {} });
  expect(inventory.warnings).toEqual([]);
  const names = (pattern: string): readonly string[] =>
    selectHosts(inventory, pattern).map(({ name }) => name);
  expect(names("ungrouped")).toEqual(["bastion.example.com"]);
  expect(names("web:!web01.example.com")).toEqual([
    "web02.example.com",
    "web03.example.com",
    "canary0.example.com",
    "canary5.example.com",
    "canary10.example.com",
    "web9.example.com",
  ]);
  expect(names("db")).toHaveLength(5);
  expect(names("staging")).toEqual(["staging1.example.com", "app.staging"]);
  expect(inventory.hosts.get("bastion.example.com")).toMatchObject({
    vars: {
      monitoring: true,
      backup_mode: 416,
      window: 750,
      build: "12:30",
      mac: "01:02:03:04:05:06",
      released: "2024-01-02",
      version: "1.10",
      nothing: null,
    },
    connection: {
      user: "deploy",
      privateKey: `${homedir()}/.ssh/id_ed25519`,
      hostKeyChecking: "strict",
      become: { enabled: true, user: "root" },
    },
  });
  expect(inventory.hosts.get("web01.example.com")?.vars).toMatchObject({
    http_port: 8080,
    env: "production",
  });
  expect(inventory.hosts.get("web9.example.com")).toMatchObject({
    vars: { http_port: 80 },
    connection: { port: 2222 },
  });
  expect(inventory.hosts.get("replica.example.com")?.vars).toMatchObject({
    max_connections: 50,
    disks: ["/dev/vdb", "/dev/vdc"],
  });
  expect(inventory.hosts.get("2001:db8::1")?.connection).toMatchObject({
    address: "2001:db8::1",
    port: 2222,
    user: "deploy",
    become: { enabled: true, user: "postgres" },
  });
  expect(inventory.hosts.get("app.staging")?.connection).toMatchObject({ address: "192.0.2.17", port: 2200 });
});

test("inventories/local.yaml is this machine", async () => {
  const inventory = await loadInventory(["inventories/local.yaml"], { overrides: {} });
  expect(inventory.warnings).toEqual([]);
  expect(inventory.hosts.get("localhost")?.connection.type).toBe("local");
});
