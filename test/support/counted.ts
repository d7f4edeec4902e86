/** A list that counts how often its items are read: for tests that something costs no more than it must. */
export function counted<T>(items: readonly T[], count: () => void): readonly T[] {
  return new Proxy(items, {
    get: (target, key, receiver) => {
      if (typeof key === "string" && /^\d+$/.test(key)) count();
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
}
