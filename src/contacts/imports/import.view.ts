import type { ImportRecord } from './import.queries';
import type { ImportResponse } from './import.dto';

/** An import as the API shows it. */
export function importView(record: ImportRecord): ImportResponse {
  const { created, updated, skipped, failed } = record;
  return {
    id: record.id,
    status: record.status,
    reason: record.reasonCode === null ? null : { code: record.reasonCode, detail: record.reasonDetail },
    delimiter: record.delimiter,
    onConflict: record.onConflict,
    counts: { rows: created + updated + skipped + failed, created, updated, skipped, failed },
    bytesRead: record.bytesRead,
    bytesTotal: record.bytesTotal,
    createdAt: record.createdAt.toISOString(),
    startedAt: record.startedAt?.toISOString() ?? null,
    finishedAt: record.finishedAt?.toISOString() ?? null,
  };
}
