import { expect, test } from "vitest";
import { filesOf, onHost, onLab } from "./support/lab.ts";
import { Site } from "./support/site.ts";

const STEPS = "key only apart variable job off file kernel dots mount table bind".split(" ");

const LOOK = `grep ann /home/dev/.ssh/authorized_keys | cut -d' ' -f1,2,4-; stat -c '%U %a' /home/dev/.ssh /home/dev/.ssh/*
cut -d' ' -f3 /home/tc/.ssh/authorized_keys /etc/ssh/keys-bb; stat -c '%U %a' /etc/ssh/keys-bb
crontab -u dev -l; crontab -l; cat /etc/cron.d/rcm
cat /etc/sysctl.d/90-rcm.conf /etc/sysctl.d/own.conf; sysctl -n net.ipv4.ip_local_port_range net.ipv4.conf.lo.rp_filter
grep -v '^#' /etc/fstab; grep ' /mnt' /proc/mounts | cut -d' ' -f2-4 | sed 's/,lowerdir.*//' | LC_ALL=C sort`;

const MADE = `no-pty,from="10.0.0.0/8,::1" ssh-ed25519 ann@laptop
dev 700
dev 600
bob
ann@laptop
bob
bb 600
MAILTO="ops@example.com"
#rcm: it's a job
*/5 3 * * * echo 'a b' \\% "$HOME"
#rcm: off
#@reboot true
#rcm: shared
* * * * mon-fri dev true
net.ipv4.ip_local_port_range = 20000 60000
net/ipv4/conf/lo/rp_filter = 2
20000\t60000
2
tmpfs /mnt/it's\\040a\\040disk tmpfs size=1m,nosuid,nodev 0 0
/dev/none /mnt/later ext4 defaults,noauto 0 2
/mnt/b overlay ro,relatime
/mnt/it's\\040a\\040disk tmpfs rw,nosuid,nodev,relatime,size=1024k`;

const TAMPER = `umount "/mnt/it's a disk"; sed -i 's/size=1m/size=2m/' /etc/fstab; mount -o remount,bind,rw /mnt/b
sysctl -qw net.ipv4.ip_local_port_range='1025 2000'; echo 'net.ipv4.ip_local_port_range=1 2' >>/etc/sysctl.d/90-rcm.conf
cat /home/dev/.ssh/authorized_keys >>/home/tc/.ssh/authorized_keys
sed -i 's/no-pty,//' /home/dev/.ssh/authorized_keys; chmod 755 /home/dev/.ssh; chmod 666 /etc/ssh/keys-bb
crontab -u dev -l | sed 's/3 \\*/4 */' | crontab -u dev -; rm /etc/cron.d/rcm`;

const TAMPERED = {
  key: ["directory: dev 755 → dev 700", "keys"],
  only: ["keys"],
  apart: ["access: bb 666 → bb 600"],
  job: ["crontab"],
  file: ["crontab"],
  kernel: ["file", "value: 1025 2000 → 20000 60000"],
  mount: ["fstab", "mount: not mounted → mounted", "options:  → nosuid,nodev"],
  bind: ["options:  → ro"],
};

onLab("authorized_key, cron, sysctl and mount", () => {
  test("bring things about once, mend what was tampered with, and take them away", async () => {
    await using site = await Site.make({ host: { host: "settings", user: "admin" } });
    const all = STEPS.map((step) => `host ${step}`);

    const first = await site.apply("settings", "-b");
    expect(first.changed, first.report).toEqual(all);
    const made = await onHost("settings", LOOK);
    expect(made).toBe(MADE);
    const second = await site.apply("settings", "-b");
    expect(second.code, second.report).toBe(0);
    expect(second.changed).toEqual([]);

    await onHost("settings", TAMPER);
    const before = await filesOf("settings");
    const planned = await site.plan("settings", "-b");
    expect(planned.code, planned.report).toBe(0);
    expect(planned.differences("host")).toEqual(TAMPERED);
    expect(await filesOf("settings")).toBe(before);
    await site.apply("settings", "-b");
    expect(await onHost("settings", LOOK)).toBe(MADE);

    const gone = ["-b", "-e", "state=absent"];
    expect((await site.apply("settings", ...gone)).changed).toEqual(all);
    expect((await site.apply("settings", ...gone)).changed).toEqual([]);
    expect(
      await onHost(
        "settings",
        "ls /mnt /etc/cron.d/rcm 2>&1; cat /home/tc/.ssh/authorized_keys; crontab -l 2>&1; true",
      ),
    ).toBe("ls: cannot access '/etc/cron.d/rcm': No such file or directory\n/mnt:\nno crontab for root");
  });

  test("a user's link does not lead root into the files of another", async () => {
    await using site = await Site.make({ host: { host: "settings", user: "admin" } });
    await onHost("settings", "rm -rf /home/dev/.ssh; ln -s /home/ops/.ssh /home/dev/.ssh");
    const before = await onHost("settings", "stat -c '%U %a %Y' /home/ops/.ssh /home/ops/.ssh/*");

    const run = await site.apply("settings", "-b");

    expect(run.result("host", "key").error, run.report).toMatch(/Permission denied|Operation not permitted/);
    expect(await onHost("settings", "stat -c '%U %a %Y' /home/ops/.ssh /home/ops/.ssh/*")).toBe(before);
  });
});
