const endings = new Set<() => void>();

/** Runs a synchronous clean-up when this process exits; the returned function runs it now, once, instead. */
export function atExit(end: () => void): () => void {
  if (endings.size === 0) process.on("exit", endAll);
  const once = () => {
    if (endings.delete(once)) end();
    if (endings.size === 0) process.off("exit", endAll);
  };
  endings.add(once);
  return once;
}

function endAll(): void {
  for (const end of [...endings]) end();
}
