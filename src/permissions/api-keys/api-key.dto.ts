import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsOptional } from 'class-validator';
import { IsPlainText, IsRfc3339, IsUuid } from '../../platform/http/fields';
import { PageInfo } from '../../platform/http/page-info.dto';
import { PERMISSION_NAMES } from '../permissions';

export class CreateApiKeyDto {
  /** What the key is for, in your words. */
  @IsPlainText(100)
  name: string;

  /** Permissions of the key, of those that the calling key has; `*` is every one. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn([...PERMISSION_NAMES, '*'], { each: true })
  scopes: string[];

  /** The user that the key acts for: of its scopes it has what the user has, too. Left out for a machine's key. */
  @IsOptional()
  @IsUuid()
  userId?: string | null;

  /** When the key stops working; left out: never. */
  @IsOptional()
  @IsRfc3339()
  expiresAt?: string | null;
}

export class ApiKeyResponse {
  id: string;
  name: string;
  /** First characters of the key, to recognise it by. */
  prefix: string;
  scopes: string[];
  userId: string | null;
  expiresAt: string | null;
  /** When it was revoked; null while it works or until it expires. */
  revokedAt: string | null;
  createdAt: string;
}

export class CreatedApiKeyResponse extends ApiKeyResponse {
  /** The key itself. Shown this once: only its hash is stored. */
  key: string;
}

export class ApiKeyPage {
  data: ApiKeyResponse[];
  page: PageInfo;
}
