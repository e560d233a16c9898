import type { Output, Terminal } from "./terminal.ts";

/** Runs a step and shows its progress, its duration and its outcome. */
export type Step = <T>(what: string, run: (report: Report) => Promise<T>) => Promise<T>;

/** Reports how many of how many are done; a step that can't count does not call it. */
export type Report = (done: number, total: number) => void;

/** Moves a terminal's cursor to the start of its line, and erases the line. A note would show it as text. */
const ERASE_LINE = "\r\x1b[K";

/** Characters of a full bar. */
const BAR = 20;

/** On a terminal it is a line that counts seconds; otherwise one line for each finished step, and with `--json` nothing. */
export function progress({ stderr }: Terminal, out: Output): Step {
  const isTerminal = !out.json && "isTTY" in stderr && stderr.isTTY === true;
  return async (what, run) => {
    const started = performance.now();
    const seconds = () => `${((performance.now() - started) / 1_000).toFixed(1)} s`;
    let share: number | undefined;
    const report: Report = (done, total) => {
      share = total > 0 ? Math.min(1, done / total) : 1;
    };
    const draw = () => void stderr.write(`\r… ${what}  ${barOf(share)}${seconds()}\x1b[K`);
    if (isTerminal) draw();
    const timer = isTerminal ? setInterval(draw, 200) : undefined;
    const end = (sign: string) => {
      if (isTerminal) stderr.write(ERASE_LINE);
      out.note(`${sign} ${what}  ${seconds()}`);
    };
    try {
      const result = await run(report);
      end("✓");
      return result;
    } catch (error) {
      end("✗");
      throw error;
    } finally {
      clearInterval(timer);
    }
  };
}

function barOf(share: number | undefined): string {
  if (share === undefined) return "";
  const full = Math.floor(share * BAR);
  return `${"█".repeat(full)}${"░".repeat(BAR - full)} ${Math.floor(share * 100)} %  `;
}
