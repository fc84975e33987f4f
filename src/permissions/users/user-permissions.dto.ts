import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsOptional, ValidateNested } from 'class-validator';
import { IsUuid } from '../../platform/http/fields';
import { CHANNEL_TYPES, type ChannelType } from '../../providers/provider';
import { PERMISSION_NAMES, type Permission } from '../permissions';

/** The user in a path. */
export class UserParam {
  @IsUuid()
  userId: string;
}

export class UserPermissionDto {
  /** Where it holds: EMAIL, SMS, WHATSAPP or TELEGRAM; null or left out: on every channel type. */
  @IsOptional()
  @IsIn(CHANNEL_TYPES)
  channelType?: ChannelType | null;

  /** Permissions, of those that the caller has. access:manage holds on every channel type or not at all. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(PERMISSION_NAMES, { each: true })
  actions: Permission[];
}

export class ReplaceUserPermissionsDto {
  /** All permissions of the user, one entry a channel type; an empty list takes every one away. */
  @IsArray()
  @ArrayMaxSize(CHANNEL_TYPES.length + 1)
  @ArrayUnique((entry?: UserPermissionDto | null) => entry?.channelType ?? null, {
    message: 'must name each channel type once',
  })
  @ValidateNested({ each: true })
  @Type(() => UserPermissionDto)
  permissions: UserPermissionDto[];
}

export class UserPermissionResponse {
  /** Null: every channel type. */
  channelType: string | null;
  actions: string[];
}

export class UserPermissionsResponse {
  userId: string;
  /** What the user may do: signed in, and by keys that act for the user. */
  permissions: UserPermissionResponse[];
}
