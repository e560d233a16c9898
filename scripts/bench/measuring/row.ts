/** One line of the table: Mapae against a peer, measured in the same run. */
export interface Row {
  readonly topic: string;
  /** Amount and size of what was measured. */
  readonly size: string;
  readonly peer: string;
  readonly ours: number;
  readonly theirs: number;
  readonly unit: "ms" | "us" | "gas" | "calls" | "MB" | "bytes";
  /** Maximum of `ours / theirs`; 1 / 20 when the peer should be 20 times slower. */
  readonly goal: number;
}

/** `ours / theirs`. */
export function ratio({ ours, theirs }: Row): number {
  return theirs === 0 ? (ours === 0 ? 0 : Number.POSITIVE_INFINITY) : ours / theirs;
}

export function isMet(row: Row): boolean {
  return ratio(row) <= row.goal;
}

/** The table for a terminal. */
export function table(rows: readonly Row[]): string {
  const head = ["what", "size", "peer", "ours", "peer's", "ratio", "goal", ""];
  const body = rows.map((row) => [
    row.topic,
    row.size,
    row.peer,
    figure(row.ours, row.unit),
    figure(row.theirs, row.unit),
    short(ratio(row)),
    `<= ${short(row.goal)}`,
    isMet(row) ? "met" : "MISSED",
  ]);
  const lines = [head, ...body];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function figure(value: number, unit: Row["unit"]): string {
  return `${unit === "ms" ? value.toFixed(3) : unit === "us" ? value.toFixed(1) : Math.round(value).toLocaleString("en")} ${unit}`;
}

function short(value: number): string {
  return value >= 0.1 || value === 0 ? value.toFixed(2) : value.toPrecision(2);
}
