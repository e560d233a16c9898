/**
 * Ends this process on SIGTERM or SIGINT, and when the process that started it is gone, however it went: its side of the
 * IPC channel then closes. Without a channel only the signals count.
 */
export function endWithParent(end: () => void): void {
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  process.once("disconnect", end);
}
