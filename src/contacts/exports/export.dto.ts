import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsObject, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { IsPlainText } from '../../platform/http/fields';
import { PageInfo } from '../../platform/http/page-info.dto';

const LONGEST_ADDRESS = 320;

/** As in GET /contacts. */
export class ExportFilterDto {
  /** Part of the name, of externalId or of an address. */
  @IsOptional()
  @IsPlainText(100)
  search?: string | null;

  /** Only the contact with this externalId. */
  @IsOptional()
  @IsPlainText(200)
  externalId?: string | null;

  /** Only the contact with this e-mail address, however it is spelled. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_ADDRESS)
  email?: string | null;

  /** Only the contact with this phone number, however it is spelled. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_ADDRESS)
  phone?: string | null;
}

export class CreateExportDto {
  /** csv; there is no other yet. */
  @IsIn(['csv'])
  format: 'csv';

  /** Which contacts; without it, all. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ExportFilterDto)
  filter?: ExportFilterDto | null;
}

export class ExportReason {
  /** Stable code: too_many_columns, gave_up or expired. */
  code: string;
  /** In words. */
  detail: string | null;
}

export class ExportResponse {
  id: string;
  /** PENDING, RUNNING, COMPLETED, FAILED, or EXPIRED when the file is gone. */
  status: string;
  /** Why it failed; null otherwise. */
  reason: ExportReason | null;
  format: string;
  /** Contacts in the file; null before it is complete. */
  @ApiProperty({ type: 'integer', nullable: true })
  rows: number | null;
  /** Size of the file in bytes; null before it is complete. */
  @ApiProperty({ type: 'integer', nullable: true })
  bytes: number | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  /** When the file goes. */
  expiresAt: string | null;
}

export class ExportPage {
  data: ExportResponse[];
  page: PageInfo;
}
