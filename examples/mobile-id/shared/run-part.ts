/**
 * Runs a part until SIGTERM, SIGINT, or the end of the process that started it.
 *
 * @param start starts it, and gives what stops it in good order.
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
