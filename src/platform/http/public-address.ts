import type { AddressInfo } from 'node:net';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Config } from '../../config';

/** Where the world finds this server. */
@Injectable()
export class PublicAddress {
  constructor(
    private readonly config: Config,
    private readonly host: HttpAdapterHost,
  ) {}

  /** PUBLIC_URL, else where this process listens; without a slash at the end. */
  get base(): string {
    if (this.config.PUBLIC_URL) return this.config.PUBLIC_URL.replace(/\/+$/, '');
    const { HOST, PORT } = this.config;
    const server = this.host.httpAdapter.getHttpServer() as { address(): AddressInfo | string | null };
    const bound = server.address();
    const port = bound && typeof bound === 'object' ? bound.port : PORT;
    return `http://${HOST.includes(':') ? `[${HOST}]` : HOST}:${port}`;
  }
}
