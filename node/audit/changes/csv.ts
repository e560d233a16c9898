/** Beginnings of cells that a spreadsheet interprets as a formula (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r\n|%]/;

/**
 * A line of comma-separated values (RFC 4180). A text that a spreadsheet would run as a formula is preceded by an
 * apostrophe, because labels and values in the registries come from untrusted writers.
 */
export function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
