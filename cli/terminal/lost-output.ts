import { CliError } from "./errors.ts";

const STILL_SENT = "A transaction that this command had sent is on its way or mined all the same";

/**
 * Watches a stream for failed writes: a full disk, or a closed pipe. A command that is writing to a chain continues; the
 * failure is reported at its end.
 *
 * @returns a function that waits until everything is written, and returns the failure, `OUTPUT` or `PIPE_CLOSED`, or
 * `undefined`.
 */
export function watchOutput(stdout: NodeJS.WritableStream): () => Promise<CliError | undefined> {
  let failure: NodeJS.ErrnoException | undefined;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    failure ??= error;
  });
  return async () => {
    if (failure === undefined) {
      await new Promise<void>((resolve) => {
        stdout.write("", (error) => {
          failure ??= error ?? undefined;
          resolve();
        });
      });
    }
    if (failure === undefined) return undefined;
    const cause = failure;
    return failure.code === "EPIPE"
      ? new CliError("PIPE_CLOSED", `The reader of the answer closed the pipe before its end. ${STILL_SENT}`, { cause })
      : new CliError("OUTPUT", `The answer can't be written whole (${failure.message}): make room. ${STILL_SENT}`, {
          cause,
        });
  };
}
