/** Width of help where the output is no terminal, in columns. */
const DEFAULT_WIDTH = 80;
/** Help is not wider than this, because long lines are hard to read, and no narrower than commander can make it. */
const [NARROWEST, WIDEST] = [40, 120];

/** A paragraph: a run of lines without indentation. */
const PARAGRAPH = /^\S.*(?:\n\S.*)*/gm;
/** A row of a list: a name, and its description behind two spaces or more. Examples begin with `$`. */
const ROW = /^( +[^\s$].*? {2,})(\S.*)$/gm;

/** The columns of help on a stream. */
export function widthOf(stream: NodeJS.WritableStream & { isTTY?: boolean; columns?: number }): number {
  const columns = stream.isTTY === true ? (stream.columns ?? DEFAULT_WIDTH) : DEFAULT_WIDTH;
  return Math.min(WIDEST, Math.max(NARROWEST, columns));
}

/** Breaks the paragraphs and rows of a help text into lines of a width. Examples and other indented lines stay as they are. */
export function reflow(text: string, width: number): string {
  return text
    .replace(PARAGRAPH, (paragraph) => wrap(paragraph, width).join("\n"))
    .replace(ROW, (row, name: string, description: string) => {
      if (row.length <= width || name.length > width / 2) return row;
      return `${name}${wrap(description, width - name.length).join(`\n${" ".repeat(name.length)}`)}`;
    });
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
