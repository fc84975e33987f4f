import { isIP } from 'node:net';
import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsOptional, IsString, Matches, ValidateBy } from 'class-validator';

/** Text that a key carries into .env.example and docs; `example` is shown where there is no default. */
export interface KeyDoc {
  key: string;
  about: string;
  fallback?: string;
}

/** Every key, in the order in which .env.example shows them. */
export const docs: KeyDoc[] = [];

/** Describes a key and takes its default; an empty variable counts as unset. */
export function Key(key: string, about: string, fallback?: string | number): PropertyDecorator {
  docs.push({ key, about, ...(fallback === undefined ? {} : { fallback: String(fallback) }) });
  return Transform(({ value }: { value: unknown }) => (value === undefined || value === '' ? fallback : value));
}

/** Digits only: "1e3", "0x10" and " 10 " are typing errors, not numbers. */
export function Whole(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => {
    if (typeof value !== 'string' || value === '') return value;
    return /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  });
}

/** Host names with commas between them. */
export function IsHostList(): PropertyDecorator {
  return Matches(/^(\*|(\*\.)?[a-z0-9][a-z0-9.-]*)( *, *(\*|(\*\.)?[a-z0-9][a-z0-9.-]*))*$/i, {
    message: 'must be host names, *.example.com or *, with commas between them',
  });
}

/** IP addresses or ranges with commas between them. */
export function IsAddressList(): PropertyDecorator {
  return ValidateBy(
    { name: 'addresses', validator: { validate: areAddresses } },
    { message: 'must be IP addresses or ranges such as 10.0.0.0/8, with commas between them' },
  );
}

function areAddresses(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  return value.split(',').every((each) => {
    const [address = '', bits = '0', ...more] = each.trim().split('/');
    const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
    return !more.length && /^\d{1,3}$/.test(bits) && Number(bits) <= longest;
  });
}

/** A text that may be left out. */
export function IsOptionalText(): PropertyDecorator {
  return applyDecorators(IsOptional(), IsString());
}

/** A place in the program and how often it is reached. */
export function IsFailpoint(): PropertyDecorator {
  const points = 'after_claim, after_intent, during_call, after_call, after_settle, mid_step, after_step';
  return Matches(new RegExp(`^(${points.replaceAll(', ', '|')}):\\d{1,6}$`), {
    message: `must be <point>:<n>, point one of ${points}`,
  });
}
