import type { LedgerEntry } from './described-server';

/** How a server plays one provider. Either `file` or `violations` says what is allowed. */
export interface Player {
  /** Its official OpenAPI 3.0 description, in the folder descriptions. */
  file?: string;
  /** What an official description of another kind has to say against a request; empty when it is valid. */
  violations?(entry: LedgerEntry): string[];
  /** Answers by path that the description leaves out. */
  unlisted: Readonly<Record<string, object>>;
  /** The ordinary answer; gives an accepted message its id. */
  answer(entry: LedgerEntry): { status: number; headers?: Record<string, string>; body: object | string };
  /** The body of a refusal. */
  refusal(status: number, message: string): object | string;
}

/** A number as so many hexadecimal digits, for ids. */
export const hex = (number: number, length: number) => number.toString(16).padStart(length, '0');
