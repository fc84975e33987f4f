import { PageInfo } from '../../platform/http/page-info.dto';

export class LayoutResponse {
  id: string;
  name: string;
  /** Counts up with every change of the HTML. */
  version: number;
  html: string;
  /** How many templates stand in it. */
  templates: number;
  createdAt: string;
  updatedAt: string;
}

export class LayoutPage {
  data: LayoutResponse[];
  page: PageInfo;
}
