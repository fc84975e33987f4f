/** The one spelling under which an address is stored and compared, or a sentence that says what is wrong with the input. */
export type Normalised = { address: string } | { fault: string };
