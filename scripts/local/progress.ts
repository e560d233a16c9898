import type { Output, Terminal } from "../cli/terminal.ts";

/** Runs a step and shows that it goes on, how long it takes and how it ends. */
export type Step = <T>(what: string, run: () => Promise<T>) => Promise<T>;

/** On a terminal a line that counts seconds; elsewhere one line for each step when it is done; with `--json` nothing. */
export function progress({ stderr }: Terminal, out: Output): Step {
  const isTerminal = !out.json && "isTTY" in stderr && stderr.isTTY === true;
  return async (what, run) => {
    const started = performance.now();
    const seconds = () => `${((performance.now() - started) / 1_000).toFixed(1)} s`;
    const draw = () => void stderr.write(`\r… ${what}  ${seconds()} `);
    if (isTerminal) draw();
    const timer = isTerminal ? setInterval(draw, 500) : undefined;
    try {
      const result = await run();
      out.note(`${isTerminal ? "\r" : ""}✓ ${what}  ${seconds()} `);
      return result;
    } catch (error) {
      out.note(`${isTerminal ? "\r" : ""}✗ ${what}  ${seconds()} `);
      throw error;
    } finally {
      clearInterval(timer);
    }
  };
}
