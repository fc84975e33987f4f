/**
 * Spreadsheets run a cell that begins with one of these as a formula, on the machine of whoever opens the file. An apostrophe
 * in front makes it text (https://owasp.org/www-community/attacks/CSV_Injection); lines within a cell count as beginnings too,
 * because programs that split at line breaks first see cells there.
 */
const TO_DISARM = /(?<=^|[\n\r])(?='*[=+\-@\t\r])/g;
const DISARMED = /(?<=^|[\n\r])'(?='*[=+\-@\t\r])/g;

/** The text of a cell as it may be opened by a spreadsheet. */
export function disarm(text: string): string {
  return text.replace(TO_DISARM, "'");
}

/** What a disarmed cell says. Exactly undoes `disarm`; other text stays, but for an apostrophe in front of such a character. */
export function rearm(text: string): string {
  return text.includes("'") ? text.replace(DISARMED, '') : text;
}
