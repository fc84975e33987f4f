import { IsBoolean, IsOptional, Matches } from 'class-validator';
import { IfGiven } from '../platform/http/if-given';

/** Fields left out stay as they are. */
export class UpdateTrackingSettingsDto {
  /** Whether clicks are told of e-mails whose request does not say it; one-time passwords (lane otp) only where it does. */
  @IfGiven()
  @IsBoolean()
  clicks?: boolean;

  /** The same for openings. */
  @IfGiven()
  @IsBoolean()
  opens?: boolean;

  /** Contacts in which this attribute is true are not tracked, whatever else is said; null: there is no such attribute. */
  @IsOptional()
  @Matches(/^[A-Za-z_][A-Za-z0-9_]{0,49}$/, {
    message: 'must be the name of an attribute: letters, digits and _, at most 50',
  })
  untrackedAttribute?: string | null;
}

export class TrackingSettingsResponse {
  clicks: boolean;
  opens: boolean;
  untrackedAttribute: string | null;
}
