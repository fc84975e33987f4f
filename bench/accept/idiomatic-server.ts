// The same service as the documentation of Nest and TypeORM shows it: Express, class-validator, two `repository.save`.
// No authentication. Environment: DATABASE_URL.
import 'reflect-metadata';
import { Body, Controller, HttpCode, Injectable, Module, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { Type } from 'class-transformer';
import { IsEmail, IsIn, IsObject, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  ManyToOne,
  PrimaryGeneratedColumn,
  Repository,
  UpdateDateColumn,
} from 'typeorm';

@Entity()
class Session {
  @PrimaryGeneratedColumn('uuid')
  id: string;

  @Index({ unique: true })
  @Column()
  counterpart: string;

  @Column({ type: 'timestamptz', nullable: true })
  lastMessageAt: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt: Date;
}

@Entity()
class Message {
  @PrimaryGeneratedColumn('uuid')
  id: string;

  @ManyToOne(() => Session)
  session: Session;

  @Column()
  to: string;

  @Column()
  messageType: string;

  @Column({ type: 'jsonb' })
  content: object;

  @Column()
  purpose: string;

  @Column({ nullable: true })
  topic: string;

  @Column()
  lane: string;

  @Column({ nullable: true })
  clientReference: string;

  @Column({ type: 'jsonb' })
  metadata: object;

  @Index()
  @Column({ default: 'QUEUED' })
  status: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;
}

class ContentDto {
  @IsOptional()
  @IsString()
  @MaxLength(998)
  subject?: string;

  @IsString()
  @MaxLength(100_000)
  text: string;
}

class SendMessageDto {
  @IsIn(['EMAIL', 'SMS'])
  channelType: string;

  @IsEmail()
  to: string;

  @IsIn(['TEXT', 'HTML'])
  messageType: string;

  @ValidateNested()
  @Type(() => ContentDto)
  content: ContentDto;

  @IsIn(['TRANSACTIONAL', 'MARKETING'])
  purpose: string;

  @IsOptional()
  @IsString()
  topic?: string;

  @IsIn(['otp', 'transactional', 'bulk'])
  lane: string;

  @IsOptional()
  @IsString()
  clientReference?: string;

  @IsOptional()
  @IsObject()
  metadata?: object;
}

@Injectable()
class MessagesService {
  constructor(
    @InjectRepository(Session) private readonly sessions: Repository<Session>,
    @InjectRepository(Message) private readonly messages: Repository<Message>,
  ) {}

  async send(dto: SendMessageDto): Promise<{ id: string; status: string }> {
    const input: Partial<SendMessageDto> = { ...dto };
    delete input.channelType; // no column of its own: the session knows the channel
    const known = await this.sessions.findOneBy({ counterpart: dto.to });
    const session = known ?? this.sessions.create({ counterpart: dto.to });
    session.lastMessageAt = new Date();
    await this.sessions.save(session);
    const { id, status } = await this.messages.save(this.messages.create({ ...input, session }));
    return { id, status };
  }
}

@Controller('messages')
class MessagesController {
  constructor(private readonly messages: MessagesService) {}

  @Post()
  @HttpCode(202)
  send(@Body() body: SendMessageDto): Promise<{ id: string; status: string }> {
    return this.messages.send(body);
  }
}

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env['DATABASE_URL'],
      entities: [Session, Message],
      synchronize: true,
      poolSize: 10,
    }),
    TypeOrmModule.forFeature([Session, Message]),
  ],
  controllers: [MessagesController],
  providers: [MessagesService],
})
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['error'] });
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
  await app.listen(0, '127.0.0.1');
  console.log(`${await app.getUrl()}/messages`);
}

void main();
