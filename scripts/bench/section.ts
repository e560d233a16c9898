/**
 * Measures one section and sends its rows. Each section has a process of its own, because the heap and the compiled code that one
 * leaves behind change the times of the next.
 *
 * Arguments: the section's name, and that of its sizes.
 */
import { SECTIONS } from "./sections.ts";
import { SIZES } from "./sizes.ts";

const [name = "", sizes = ""] = process.argv.slice(2);
process.send?.(await SECTIONS[name]?.(SIZES[sizes as keyof typeof SIZES]));
