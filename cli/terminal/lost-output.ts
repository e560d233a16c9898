import { CliError } from "./errors.ts";

/**
 * Watches a stream for what could not be written to it: a full disk, or a pipe whose reader is gone. A command that has begun to
 * write to a chain goes on; the failure is told at its end.
 *
 * @returns waits until all was written; the failure, or `undefined`.
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
    const why =
      failure.code === "EPIPE" ? "whatever read it closed the pipe" : `${failure.message}; is there room on the disk?`;
    return new CliError("OUTPUT", `The answer could not be written whole: ${why}. What was sent to a chain is sent`, {
      cause: failure,
    });
  };
}
