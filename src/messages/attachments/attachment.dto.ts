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
}
