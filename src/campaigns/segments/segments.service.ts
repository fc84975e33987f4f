import { Injectable } from '@nestjs/common';
import { audit } from '../../permissions/audit';
import { SEES_PEOPLE } from '../../permissions/personal-data/raw';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import { channelTypesOf, type Caller } from '../../platform/http/caller';
import { Cursors } from '../../platform/http/cursors';
import type { Page, PageQuery } from '../../platform/http/page';
import { Problem } from '../../platform/http/problem';
import type { CreateSegmentDto, PreviewSegmentDto, UpdateSegmentDto } from './segment.dto';
import {
  deleteSegment,
  findSegment,
  listSegments,
  previewSegment,
  saveSegment,
  type SegmentRow,
} from './segment.queries';
import type { SegmentPreviewResponse, SegmentResponse } from './segment-response.dto';
import { segmentFaults, tellsOfPeople, type Segment } from './segment-tree';

@Injectable()
export class SegmentsService {
  /** Tenants that are counting: one at a time, so that no tenant takes the connections of the others. */
  private readonly counting = new Set<string>();

  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
  ) {}

  /**
   * Whom a segment is about now. Throws Problem 403, 422 naming each fault, 422 when counting takes too long, and 429 while
   * the tenant counts another one.
   */
  async preview(caller: Caller, { segment, channelType }: PreviewSegmentDto): Promise<SegmentPreviewResponse> {
    const { tenantId } = caller;
    const tree = checkedSegment(caller, segment, '/segment');
    if (this.counting.has(tenantId)) throw Problem.rateLimited(1);
    this.counting.add(tenantId);
    try {
      return await this.db.run(tenantId, (tx) => previewSegment(tx, tree, channelType));
    } catch (error) {
      throw isTimeout(error) ? Problem.tooSlow('The segment could not be counted in 10 seconds.', error) : error;
    } finally {
      this.counting.delete(tenantId);
    }
  }

  /** Throws Problem 403, 409 for a name that is taken, 422 naming each fault. */
  create(caller: Caller, { name, segment }: CreateSegmentDto): Promise<SegmentResponse> {
    checkedSegment(caller, segment, '/segment');
    return this.db.run(caller.tenantId, async (tx) => {
      const id = uuidv7();
      await save(tx, { id, name: name.normalize(), segment });
      await audit(tx, caller, 'segment.created', 'segment', id, { name });
      return read(tx, id);
    });
  }

  /** Newest first. Throws Problem 400 for a cursor of another list. */
  async list({ tenantId }: Caller, query: PageQuery): Promise<Page<SegmentResponse>> {
    const list = { tenantId, route: 'GET /segments', query };
    const after = this.cursors.after(list);
    const segments = await this.db.run(tenantId, (tx) => listSegments(tx, query.limit, after));
    return this.cursors.page(list, segments.map(segmentView));
  }

  /** Throws Problem 404. */
  get({ tenantId }: Caller, id: string): Promise<SegmentResponse> {
    return this.db.run(tenantId, (tx) => read(tx, id));
  }

  /** Changes the fields that are named. Throws Problem 403, 404, 409, 422. */
  update(caller: Caller, id: string, input: UpdateSegmentDto): Promise<SegmentResponse> {
    if (input.segment !== undefined) checkedSegment(caller, input.segment, '/segment');
    return this.db.run(caller.tenantId, async (tx) => {
      const before = await read(tx, id);
      const name = input.name?.normalize() ?? before.name;
      await save(tx, { id, name, segment: input.segment ?? before.segment });
      await audit(tx, caller, 'segment.updated', 'segment', id, { fields: Object.keys(input) });
      return read(tx, id);
    });
  }

  /** Throws Problem 404. */
  remove(caller: Caller, id: string): Promise<void> {
    return this.db.run(caller.tenantId, async (tx) => {
      if (!(await deleteSegment(tx, id))) throw Problem.notFound('segment');
      await audit(tx, caller, 'segment.deleted', 'segment', id, {});
    });
  }
}

/**
 * A segment that the caller may ask. Throws Problem 422 naming each fault, and 403 for a condition by which names and
 * attributes could be found out bit by bit, to a caller to whom they are not shown.
 */
export function checkedSegment(caller: Caller, tree: unknown, pointer: string): Segment {
  const faults = segmentFaults(tree, pointer);
  if (faults.length) throw Problem.invalidFields(faults);
  const segment = tree as Segment;
  if (channelTypesOf(caller, SEES_PEOPLE) !== null && tellsOfPeople(segment))
    throw Problem.forbidden(
      `Without the permission ${SEES_PEOPLE}, name, externalId and attributes can be asked by eq, ne, in and exists only.`,
    );
  return segment;
}

async function save(tx: Tx, segment: Pick<SegmentRow, 'id' | 'name' | 'segment'>): Promise<void> {
  if (!(await saveSegment(tx, segment))) throw Problem.conflict('duplicate_name', 'Another segment has this name.');
}

async function read(tx: Tx, id: string): Promise<SegmentResponse> {
  const segment = await findSegment(tx, id);
  if (!segment) throw Problem.notFound('segment');
  return segmentView(segment);
}

function segmentView({ createdAt, updatedAt, ...segment }: SegmentRow): SegmentResponse {
  return { ...segment, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

/** What PostgreSQL says to a statement that took longer than it may. */
function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '57014';
}
