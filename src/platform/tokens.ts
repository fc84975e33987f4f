/** Injection tokens of things that are interfaces, not classes. */
export const KEY_RING = Symbol('KEY_RING');
export const HTTP_CLIENT = Symbol('HTTP_CLIENT');
export const SMTP_CLIENT = Symbol('SMTP_CLIENT');
