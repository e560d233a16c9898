/**
 * Runs a part until SIGTERM, SIGINT, or the end of the process that started it.
 *
 * @param start starts the part, and returns a function for its orderly stop.
 */
export async function runPart(start: () => Promise<() => Promise<void>>): Promise<void> {
  const stop = await start();
  const end = async () => {
    await stop();
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, end);
  process.once("disconnect", end);
  process.send?.("ready");
}
