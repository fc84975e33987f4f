import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { PATH_METADATA } from '@nestjs/common/constants';
import { PERMISSION } from './caller';

/** Stops the start-up when a route says neither which permission it needs nor that it is public. */
@Injectable()
export class RouteCheck implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    const bare = this.discovery.getControllers().flatMap(({ metatype }) => this.undeclared(metatype));
    if (bare.length) throw new Error(`Routes without @Requires or @Public: ${bare.join(', ')}`);
  }

  private undeclared(controller: unknown): string[] {
    if (typeof controller !== 'function') return [];
    const prototype = controller.prototype as Record<string, unknown>;
    return this.scanner
      .getAllMethodNames(prototype)
      .filter((name) => {
        const handler = prototype[name] as () => unknown;
        return (
          Reflect.hasMetadata(PATH_METADATA, handler) &&
          !this.reflector.getAllAndOverride<string>(PERMISSION, [handler, controller as () => unknown])
        );
      })
      .map((name) => `${controller.name}.${name}`);
  }
}
