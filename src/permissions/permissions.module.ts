import { Module } from '@nestjs/common';
import { ApiKeysController } from './api-keys/api-keys.controller';
import { ApiKeysService } from './api-keys/api-keys.service';
import { AuditLogController } from './audit-log/audit-log.controller';
import { AuditLogService } from './audit-log/audit-log.service';
import { UserPermissionsController } from './users/user-permissions.controller';
import { UserPermissionsService } from './users/user-permissions.service';
import { UsersController } from './users/users.controller';
import { UsersService } from './users/users.service';

/** Who may do what, and who did it. Who calls is found out in the tenants' module, which is global. */
@Module({
  controllers: [ApiKeysController, UsersController, UserPermissionsController, AuditLogController],
  providers: [ApiKeysService, UsersService, UserPermissionsService, AuditLogService],
})
export class PermissionsModule {}
