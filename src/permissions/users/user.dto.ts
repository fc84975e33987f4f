import { IsEmail, IsIn, IsOptional, IsUrl, Matches, MaxLength, ValidateIf } from 'class-validator';
import { IsPlainText } from '../../platform/http/fields';
import { PageQuery } from '../../platform/http/page';
import { PageInfo } from '../../platform/http/page-info.dto';

export const USER_STATUSES = ['ACTIVE', 'DISABLED'] as const;
export type UserStatus = (typeof USER_STATUSES)[number];

/** Who signs in with nothing but our own data. */
export const LOCAL_ISSUER = 'local';

export class CreateUserDto {
  /** Who vouches for the user, as tokens name it in `iss`; left out: the issuer of this server, or `local` where it has none. */
  @IsOptional()
  @IsUrl(
    { protocols: ['https', 'http'], require_protocol: true, require_tld: false },
    { message: 'must be an http(s) URL' },
  )
  @MaxLength(500)
  issuer?: string | null;

  /** The user's name at the issuer, as tokens carry it in `sub`. It cannot be changed later. */
  @Matches(/^[\x21-\x7e]+$/, { message: 'must be visible ASCII without spaces' })
  @MaxLength(255)
  subject: string;

  /** For you to recognise the user by; nothing is sent to it. */
  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  email?: string | null;

  @IsOptional()
  @IsPlainText(200)
  name?: string | null;
}

export class UpdateUserDto {
  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  email?: string | null;

  @IsOptional()
  @IsPlainText(200)
  name?: string | null;

  /** DISABLED: neither tokens of the user nor keys that act for the user are accepted. */
  @ValidateIf((_, value) => value !== undefined)
  @IsIn(USER_STATUSES)
  status?: UserStatus;
}

export class UserQuery extends PageQuery {
  @IsOptional()
  @IsIn(USER_STATUSES)
  status?: UserStatus;

  /** The user with this name at an issuer. */
  @IsOptional()
  @IsPlainText(255)
  subject?: string;
}

export class UserResponse {
  id: string;
  issuer: string;
  subject: string;
  email: string | null;
  name: string | null;
  status: string;
  createdAt: string;
  updatedAt: string;
}

export class UserPage {
  data: UserResponse[];
  page: PageInfo;
}
