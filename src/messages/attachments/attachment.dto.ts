import { IsString, MaxLength, MinLength } from 'class-validator';
import { IfGiven } from '../../platform/http/if-given';

/** A file that is fetched instead of uploaded. */
export class AttachByUrlDto {
  /**
   * Where the file lies: https on port 443 or 8443, on the public Internet, without user name. At most three redirects, 10
   * seconds and 10 MB.
   */
  @IsString()
  @MinLength(1)
  @MaxLength(2048)
  url: string;

  /** Name under which it is sent; else the last part of the address. */
  @IfGiven()
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  filename?: string;
}

export class AttachmentResponse {
  /** What messages name as attachmentId. */
  id: string;
  /** Name under which it is sent: without path, control characters and overrides of writing direction. */
  filename: string;
  /** What the file is by its own bytes, whatever the upload called it. */
  contentType: string;
  /** Size in bytes, 1 to 10,000,000. */
  size: number;
  /** SHA-256 of the content in hex. */
  sha256: string;
  createdAt: string;
  /** When the content was removed because its time was over; null: it is there. */
  removedAt: string | null;
}
