import type { ExportResponse } from './export.dto';
import type { ExportRecord } from './export.queries';

/** An export as the API shows it. */
export function exportView(record: ExportRecord): ExportResponse {
  return {
    id: record.id,
    status: record.status,
    reason: record.reasonCode === null ? null : { code: record.reasonCode, detail: record.reasonDetail },
    format: 'csv',
    rows: record.rows,
    bytes: record.bytes,
    createdAt: record.createdAt.toISOString(),
    startedAt: record.startedAt?.toISOString() ?? null,
    finishedAt: record.finishedAt?.toISOString() ?? null,
    expiresAt: record.expiresAt?.toISOString() ?? null,
  };
}
