import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { APP_DATA_SOURCE } from '../platform/db/data-source';
import { Public } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import { metrics } from '../platform/metrics';
import { Readiness } from './readiness';

export class HealthResponse {
  /** ok */
  status: string;
}

const PROBE_TIMEOUT_MS = 2_000;

@ApiTags('Operations')
@Controller()
export class HealthController {
  constructor(
    @Inject(APP_DATA_SOURCE) private readonly pool: DataSource,
    private readonly readiness: Readiness,
  ) {}

  /** The process runs. */
  @Get('health/live')
  @Public()
  live(): HealthResponse {
    return { status: 'ok' };
  }

  /** The database answers, is no copy from a backup that nobody confirmed, and the process is not stopping. Throws Problem 503. */
  @Get('health/ready')
  @Public()
  async ready(): Promise<HealthResponse> {
    if (this.readiness.stopping) throw Problem.unavailable();
    await Promise.race([this.pool.query('SELECT 1'), rejectAfter(PROBE_TIMEOUT_MS)]).catch((error: unknown) => {
      throw Problem.unavailable(error);
    });
    if (this.readiness.restored) throw Problem.restored();
    return { status: 'ok' };
  }

  /** Figures for Prometheus. */
  @Get('metrics')
  @Public()
  @Header('content-type', metrics.contentType)
  metrics(): Promise<string> {
    return metrics.metrics();
  }
}

function rejectAfter(ms: number): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error(`No answer within ${ms} ms`)), ms).unref());
}
