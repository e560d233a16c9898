import { config } from "zod/mini";

/**
 * Nothing of the page may make code out of text: its policy forbids it, and the schemas of the library would try. This module
 * is the first import of what uses the library, and package.json names it as one that does something.
 */
config({ jitless: true });
