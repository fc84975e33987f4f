/** Stops the cluster of this jest run and removes its folder. */
export default async function teardown(): Promise<void> {
  await globalThis.stopTestPostgres?.();
}
