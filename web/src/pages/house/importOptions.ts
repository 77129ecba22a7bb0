import type { paths } from '@/api/schema'
import { type Columns, isCompressed, mapping } from './columns'

type Query = NonNullable<paths['/api/v1/imports']['post']['parameters']['query']>

export type Format = 'asterisk_csv' | 'csv' | 'jsonl' | 'customers_csv'

/** What is entered about a file. */
export interface Options {
  format: Format
  customer_by: string
  columns: Columns
  header: string[]
  /** Whether the first line names the columns. */
  hasNames: boolean
  system: string
  encoding: string
  time_zone: string
  create_missing: boolean
  plan: string
}

export const AT_FIRST: Options = {
  format: 'asterisk_csv',
  customer_by: 'src',
  columns: {},
  header: [],
  hasNames: true,
  system: '',
  encoding: 'utf-8',
  time_zone: '',
  create_missing: false,
  plan: '',
}

/** What the API is asked for: each format has options of its own, and others are refused. */
export function asked(options: Options, file: File, dry_run: boolean): Query {
  const { format, customer_by, columns, header, hasNames, create_missing } = options
  if (format === 'customers_csv') return { format, name: file.name, dry_run }
  return {
    format,
    name: file.name,
    customer_by: format === 'asterisk_csv' ? customer_by : undefined,
    map: format === 'csv' ? mapping(columns, header, hasNames) : undefined,
    system: options.system.trim() || undefined,
    encoding: options.encoding,
    time_zone: options.time_zone.trim() || undefined,
    create_missing: create_missing || undefined,
    plan: create_missing ? options.plan : undefined,
  }
}

/** What the body is. */
export function contentType(format: Format, file: File): string {
  if (isCompressed(file)) return 'application/gzip'
  return format === 'jsonl' ? 'application/x-ndjson' : 'text/csv'
}
