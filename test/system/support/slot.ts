import { createServer } from "node:net";

const SLOTS = 16;

/**
 * Takes a place for a lab, so that runs of this tier at the same time do not tear down each other's hosts. The kernel
 * gives it back when this process ends. A lab that the environment names is taken as it is.
 *
 * @returns the environment that makes `lab.sh` work on this place's lab
 */
export async function takeSlot(): Promise<Readonly<Record<string, string>>> {
  const { RCM_LAB_NAME, RCM_LAB_NET } = process.env;
  if (RCM_LAB_NAME && RCM_LAB_NET) return { RCM_LAB_NAME, RCM_LAB_NET };
  for (let slot = 0; slot < SLOTS; slot++) {
    if (await isTaken(`\0rcm-test-lab-${slot}`)) continue;
    return { RCM_LAB_NAME: `rcmtest${slot}`, RCM_LAB_NET: `10.${220 + slot}` };
  }
  throw new Error(`${SLOTS} labs are up already`);
}

async function isTaken(address: string): Promise<boolean> {
  const server = createServer().unref();
  return await new Promise((resolve, reject) => {
    server.once("listening", () => resolve(false));
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(true) : reject(error),
    );
    server.listen(address);
  });
}
