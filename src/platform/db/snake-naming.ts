import { DefaultNamingStrategy } from 'typeorm';

/** `createdAt` in code is `created_at` in SQL; tables are always named by hand. */
export class SnakeNaming extends DefaultNamingStrategy {
  override columnName(property: string, custom: string | undefined): string {
    return custom ?? property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}
