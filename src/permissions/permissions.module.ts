import { Module } from '@nestjs/common';
import { ApiKeysController } from './api-keys/api-keys.controller';
import { ApiKeysService } from './api-keys/api-keys.service';
import { AuditLogController } from './audit-log.controller';
import { AuditLogService } from './audit-log.service';
import { UserPermissionsController } from './user-permissions.controller';
import { UserPermissionsService } from './user-permissions.service';

/** Who may do what, and who did it. KeyAuthenticator comes from the tenants' module, which is global. */
@Module({
  controllers: [ApiKeysController, UserPermissionsController, AuditLogController],
  providers: [ApiKeysService, UserPermissionsService, AuditLogService],
})
export class PermissionsModule {}
