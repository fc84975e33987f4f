import { PageInfo } from '../../platform/http/page-info.dto';

export class SegmentResponse {
  id: string;
  name: string;
  /** Whom it is about. */
  segment: Record<string, unknown>;
  createdAt: string;
  updatedAt: string;
}

export class SegmentPage {
  data: SegmentResponse[];
  page: PageInfo;
}

export class SegmentSample {
  id: string;
  /** Your own id for the person. */
  externalId: string | null;
  name: string | null;
}

export class SegmentPreviewResponse {
  /** How many contacts it is about at this moment. */
  count: number;
  /** How many of them have an address for the channel type; whether they may be written to is asked when it is sent. */
  reachable: number;
  /** Five of them, the newest first. */
  sample: SegmentSample[];
}
