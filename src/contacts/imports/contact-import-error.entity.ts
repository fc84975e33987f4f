import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Why a row of a file was not taken. Never what stood in it. */
@Entity('contact_import_error')
export class ContactImportError {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  importId: string;

  /** As a spreadsheet counts: the header is row 1. */
  @PrimaryColumn({ type: 'integer' })
  rowNo: number;

  /** From 1; 0 for the row as a whole. */
  @PrimaryColumn({ type: 'smallint' })
  columnNo: number;

  /** The column's heading; null for the row as a whole. */
  @Column({ type: 'text', nullable: true })
  columnName: string | null;

  @Column({ type: 'text' })
  message: string;
}
