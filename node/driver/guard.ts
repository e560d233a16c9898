import type { Logger } from "pino";
import { MapaeError, ResolutionError, UnavailableError } from "../../resolver/errors.ts";

/** Maximum number of questions under way: each needs a few requests to the nodes or the chain. */
export const MAX_UNDER_WAY = 64;

export interface GuardOptions {
  readonly logger: Logger;
  /** Name of the source in the log. */
  readonly of: string;
}

/**
 * Asks a source for untrusted clients. It limits the questions under way, and hides servers and their faults from clients.
 * The log has a fault once when it begins and once when it is over, and never what was asked.
 *
 * @param isNewest whether the newest version is asked for. A failure for another one does not show a fault of the servers,
 * because that version may not exist yet.
 * @throws ResolutionError of the question; UnavailableError in place of any other MapaeError.
 */
export type Guard = <T>(question: () => Promise<T>, isNewest: boolean) => Promise<T>;

export function guard({ logger, of }: GuardOptions): Guard {
  let underWay = 0;
  let isDown = false;

  const recordOutcome = (error: MapaeError | undefined) => {
    if (isDown === (error !== undefined)) return;
    isDown = error !== undefined;
    if (error !== undefined) logger.warn({ of, code: error.code }, "can't ask");
    else logger.info({ of }, "can ask again");
  };

  return async (question, isNewest) => {
    if (underWay >= MAX_UNDER_WAY) {
      throw new UnavailableError(`${MAX_UNDER_WAY} requests are in progress, which is the limit: ask again`);
    }
    underWay += 1;
    try {
      const answer = await question();
      recordOutcome(undefined);
      return answer;
    } catch (error) {
      if (!(error instanceof MapaeError)) throw error;
      if (error instanceof ResolutionError) {
        recordOutcome(undefined);
        throw error;
      }
      if (isNewest) recordOutcome(error);
      const detail = isNewest ? "" : ", or that version is not known yet";
      throw new UnavailableError(
        `The nodes or the chain of this driver can't be asked, or their answers can't be trusted now${detail}`,
        {
          cause: error,
        },
      );
    } finally {
      underWay -= 1;
    }
  };
}
